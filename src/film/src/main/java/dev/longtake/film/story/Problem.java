package dev.longtake.film.story;

/**
 * One thing wrong with what a user gave.
 *
 * @param field   where: {@code scenes[3].seconds}, {@code title}, {@code line 4}, {@code story}
 * @param message what is wrong
 * @param fix     what to do about it
 */
public record Problem(String field, String message, String fix) {
    @Override
    public String toString() {
        return field + ": " + message + "; " + fix;
    }
}
