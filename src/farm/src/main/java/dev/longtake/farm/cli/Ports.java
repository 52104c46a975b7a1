package dev.longtake.farm.cli;

/** Port numbers as a user gives them. */
final class Ports {
    private static final int LARGEST = 65_535;

    private Ports() {}

    static void check(String field, int port) {
        if (port < 0 || port > LARGEST) {
            throw CliException.user(field, port + " is no port", "give 0 to " + LARGEST);
        }
    }
}
