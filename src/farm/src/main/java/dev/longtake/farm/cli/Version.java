package dev.longtake.farm.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version of this build. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"longtake " + Optional.ofNullable(Version.class.getPackage().getImplementationVersion()).orElse("development")};
    }
}
