package dev.longtake.farm.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What a shell needs to complete verbs and options. */
@Command(name = "completion", description = "Print a script that lets bash or zsh complete verbs and options.", footerHeading = Verb.EXAMPLES,
        footer = {"  source <(longtake completion)", "  longtake completion > ~/.local/share/bash-completion/completions/longtake"})
final class CompletionVerb extends Verb {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        CommandLine root = spec.root().commandLine();
        print(AutoComplete.bash(root.getCommandName(), root).stripTrailing());
        return DONE;
    }
}
