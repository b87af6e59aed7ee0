/**
 * Tables in and out: delimited text, plain or gzip, is read row by row with its encoding and separator found out.
 *
 * <p>Nothing here holds a whole table in memory. Uses the plugin API and FastCSV; knows nothing of plugins, networks or jobs.
 */
@NullMarked
package dev.unfog.core.media.rows;

import org.jspecify.annotations.NullMarked;
