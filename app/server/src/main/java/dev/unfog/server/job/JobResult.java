package dev.unfog.server.job;

/**
 * A file that a job made.
 *
 * @param number its number in the job, from 0
 * @param file the index of the file that it was made from; -1 if it belongs to the whole job
 * @param role {@code main}, or the name that the plugin gave it, such as {@code deviation}
 * @param name what it is called when it is downloaded
 * @param stored its name in the job's output folder
 * @param mediaType its media type
 * @param bytes its size
 */
public record JobResult(int number, int file, String role, String name, String stored, String mediaType, long bytes) {}
