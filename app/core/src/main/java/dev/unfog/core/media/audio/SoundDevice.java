package dev.unfog.core.media.audio;

/**
 * A part of a sound card, or what the system offers in its place.
 *
 * @param name what the user calls it by
 * @param description what its driver says of it
 * @param records whether sound comes from it
 * @param plays whether sound can be played on it
 */
public record SoundDevice(String name, String description, boolean records, boolean plays) {}
