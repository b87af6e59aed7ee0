package dev.unfog.server.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.unfog.api.ErrorCode;
import dev.unfog.api.UnfogException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.h2.jdbcx.JdbcDataSource;

/**
 * The jobs in an H2 database: what is asked for by column, all else as one JSON document. Safe for use by many threads.
 *
 * <p>Writing and reading have a connection each: who writes waits for the disk, who reads waits for nobody who writes, and sees
 * whatever has been written. The database is locked while it is open, so that two servers do not share one folder.
 */
final class JobStore implements AutoCloseable {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** Unless told, H2 takes more the larger the heap may grow. */
    private static final int CACHE_KILOBYTES = 4096;

    private final Connection writing;
    private final Connection reading;

    private JobStore(Connection writing, Connection reading) {
        this.writing = writing;
        this.reading = reading;
    }

    /** Opens the database in a folder, and makes it if it is not there. */
    static JobStore open(Path folder) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:file:" + folder.toAbsolutePath().resolve("jobs")
                + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0;CACHE_SIZE=" + CACHE_KILOBYTES);
        try {
            Connection writing = source.getConnection();
            try (Statement statement = writing.createStatement()) {
                statement.execute("create table if not exists job (id varchar(32) primary key, "
                        + "created timestamp with time zone not null, finished timestamp with time zone, "
                        + "state varchar(16) not null, document clob not null)");
                statement.execute("create index if not exists job_created on job (created)");
            }
            return new JobStore(writing, source.getConnection());
        } catch (SQLException e) {
            throw new UnfogException(
                    ErrorCode.OUTPUT_NOT_WRITABLE,
                    folder.toString(),
                    "the database of jobs cannot be opened: " + e.getMessage(),
                    "stop the other server that uses this folder, or name another with --data",
                    e);
        }
    }

    void save(Job job) {
        execute(
                "merge into job (id, created, finished, state, document) key (id) values (?, ?, ?, ?, ?)",
                statement -> {
                    statement.setString(1, job.id());
                    statement.setTimestamp(2, Timestamp.from(job.created()));
                    statement.setTimestamp(3, job.finished() == null ? null : Timestamp.from(job.finished()));
                    statement.setString(4, job.state().name());
                    statement.setString(5, write(job));
                    return statement.executeUpdate();
                });
    }

    Optional<Job> find(String id) {
        return jobs("select document from job where id = ?", statement -> statement.setString(1, id)).stream()
                .findFirst();
    }

    /** Returns whether a job is there that waits or is at work, without reading all that is known of it. */
    boolean isUnfinished(String id) {
        return select(
                "select 1 from job where id = ? and state in ('QUEUED', 'RUNNING')",
                statement -> statement.setString(1, id),
                ResultSet::next);
    }

    Set<String> ids() {
        return select("select id from job", statement -> {}, rows -> {
            Set<String> ids = new HashSet<>();
            while (rows.next()) {
                ids.add(rows.getString(1));
            }
            return ids;
        });
    }

    List<Job> newest(int most) {
        return jobs(
                "select document from job order by created desc, id limit ?", statement -> statement.setInt(1, most));
    }

    /** Returns the jobs that wait or were at work, the oldest first. */
    List<Job> unfinished() {
        return jobs(
                "select document from job where state in ('QUEUED', 'RUNNING') order by created, id", statement -> {});
    }

    int countUnfinished() {
        return select("select count(*) from job where state in ('QUEUED', 'RUNNING')", statement -> {}, rows -> {
            rows.next();
            return rows.getInt(1);
        });
    }

    List<Job> finishedBefore(Instant time) {
        return jobs(
                "select document from job where finished < ?",
                statement -> statement.setTimestamp(1, Timestamp.from(time)));
    }

    void delete(String id) {
        execute("delete from job where id = ?", statement -> {
            statement.setString(1, id);
            return statement.executeUpdate();
        });
    }

    private interface Filling {
        void fill(PreparedStatement statement) throws SQLException;
    }

    private interface Execution {
        int execute(PreparedStatement statement) throws SQLException;
    }

    private void execute(String sql, Execution execution) {
        synchronized (writing) {
            try (PreparedStatement statement = writing.prepareStatement(sql)) {
                execution.execute(statement);
            } catch (SQLException e) {
                throw failed(e);
            }
        }
    }

    private interface Reading<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> T select(String sql, Filling filling, Reading<T> reader) {
        synchronized (reading) {
            try (PreparedStatement statement = reading.prepareStatement(sql)) {
                filling.fill(statement);
                try (ResultSet rows = statement.executeQuery()) {
                    return reader.read(rows);
                }
            } catch (SQLException e) {
                throw failed(e);
            }
        }
    }

    private List<Job> jobs(String sql, Filling filling) {
        List<String> documents = select(sql, filling, rows -> {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        });
        return documents.stream().map(JobStore::read).toList();
    }

    private static UnfogException failed(SQLException e) {
        return new UnfogException(
                ErrorCode.INTERNAL,
                "the database of jobs",
                "it cannot be used: " + e.getMessage(),
                "see whether the disk is full, and start the server anew",
                e);
    }

    private static String write(Job job) {
        try {
            return MAPPER.writeValueAsString(job);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("A job is made of records: " + e.getOriginalMessage(), e);
        }
    }

    private static Job read(String document) {
        try {
            return MAPPER.readValue(document, Job.class);
        } catch (JsonProcessingException e) {
            throw new UnfogException(
                    ErrorCode.INTERNAL,
                    "the database of jobs",
                    "it holds something else: " + e.getOriginalMessage(),
                    "move the folder of jobs away and start the server anew",
                    e);
        }
    }

    @Override
    public void close() {
        synchronized (writing) {
            try (Statement statement = writing.createStatement()) {
                statement.execute("shutdown");
            } catch (SQLException e) {
                throw failed(e);
            }
        }
    }
}
