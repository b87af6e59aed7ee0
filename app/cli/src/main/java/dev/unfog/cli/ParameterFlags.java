package dev.unfog.cli;

import dev.unfog.api.param.Parameter;
import dev.unfog.api.param.ParameterType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The flags that plugins' parameters become.
 *
 * <p>A parameter {@code strength} becomes {@code --strength}, which goes to every plugin at work that declares it, and {@code
 * --PLUGIN.strength}, which goes to that plugin alone. Only the second exists where the command has a flag of that name itself.
 */
final class ParameterFlags {
    private final Map<String, List<Parameter<?>>> declared;
    private final Set<String> flags = new HashSet<>();

    /**
     * Creates the flags.
     *
     * @param declared the parameters of each plugin, by its id
     */
    ParameterFlags(Map<String, List<Parameter<?>>> declared) {
        this.declared = declared;
    }

    /** Adds the flags to a command, a section of its help for each plugin. */
    void addTo(CommandSpec spec) {
        Set<String> taken = new HashSet<>(spec.optionsMap().keySet());
        declared.forEach((plugin, parameters) -> {
            if (parameters.isEmpty()) {
                return;
            }
            ArgGroupSpec.Builder section = ArgGroupSpec.builder()
                    .exclusive(false)
                    .validate(false)
                    .heading("%nParameters of " + plugin + ":%n")
                    .order(100 + flags.size());
            for (Parameter<?> parameter : parameters) {
                String plain = "--" + parameter.name();
                boolean usable = !taken.contains(plain) && allAgree(parameter);
                if (!taken.contains(plain) && flags.add(plain)) {
                    section.addArg(option(plain, parameter, !usable));
                }
                String qualified = "--" + plugin + "." + parameter.name();
                flags.add(qualified);
                section.addArg(option(qualified, parameter, usable));
            }
            spec.addArgGroup(section.build());
        });
    }

    private boolean allAgree(Parameter<?> parameter) {
        return declared.values().stream()
                .flatMap(List::stream)
                .filter(other -> other.name().equals(parameter.name()))
                .allMatch(other -> agree(parameter, other));
    }

    private static boolean agree(Parameter<?> a, Parameter<?> b) {
        return a.type().equals(b.type())
                && Objects.equals(a.defaultValue(), b.defaultValue())
                && a.unit().equals(b.unit());
    }

    private static OptionSpec option(String name, Parameter<?> parameter, boolean hidden) {
        OptionSpec.Builder option = OptionSpec.builder(name)
                .hidden(hidden)
                .description(describe(parameter).replace("%", "%%"));
        ParameterType<?> type = parameter.type();
        if (type instanceof ParameterType.Flag) {
            option.type(Boolean.class).arity("0").negatable(true);
        } else {
            option.type(String.class).arity("1").paramLabel(label(type));
        }
        if (type instanceof ParameterType.Choice choice) {
            option.completionCandidates(choice.options());
        }
        return option.build();
    }

    private static String label(ParameterType<?> type) {
        if (type instanceof ParameterType.MediaFile) {
            return "FILE";
        }
        return type instanceof ParameterType.Choice ? "WORD" : "NUMBER";
    }

    private static String describe(Parameter<?> parameter) {
        List<String> facts = new ArrayList<>();
        if (!(parameter.type() instanceof ParameterType.Flag)) {
            facts.add((parameter.type().describe() + " " + parameter.unit()).strip());
        }
        parameter.optionalDefault().ifPresent(value -> facts.add("default " + text(value)));
        String help = parameter.help().substring(0, 1).toUpperCase(Locale.ROOT)
                + parameter.help().substring(1);
        return facts.isEmpty() ? help + "." : help + " (" + String.join("; ", facts) + ").";
    }

    private static String text(Object value) {
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
            return Long.toString(number.longValue());
        }
        return value.toString();
    }

    /**
     * Hands the flags that the user gave to the only plugin at work.
     *
     * @param result what was parsed
     * @param plugin the plugin
     * @return the texts by parameter name
     * @throws ParameterException if a flag does not go to this plugin
     */
    Map<String, String> textsOf(ParseResult result, String plugin) {
        return texts(result, Set.of(plugin)).getOrDefault(plugin, Map.of());
    }

    /**
     * Hands the flags that the user gave to the plugins at work.
     *
     * @param result what was parsed
     * @param atWork the plugins that have something to do
     * @return the texts by parameter name, for each plugin at work
     * @throws ParameterException if a flag goes to none of them, or plainly to several that mean different things by it
     */
    Map<String, Map<String, String>> texts(ParseResult result, Set<String> atWork) {
        CommandLine command = result.commandSpec().commandLine();
        Map<String, Map<String, String>> texts = new LinkedHashMap<>();
        atWork.forEach(plugin -> texts.put(plugin, new LinkedHashMap<>()));
        Map<String, String> qualified = new LinkedHashMap<>();
        for (OptionSpec option : result.matchedOptions()) {
            if (!flags.contains(option.longestName())) {
                continue;
            }
            String name = option.longestName().substring(2);
            Map<String, Parameter<?>> receivers = receivers(name, atWork);
            String text = String.valueOf(option.<Object>getValue());
            if (receivers.size() == 1 && name.contains(".")) {
                qualified.put(name, text);
            } else if (!receivers.isEmpty()) {
                List<Parameter<?>> declarations = List.copyOf(receivers.values());
                if (!declarations.stream().allMatch(other -> agree(declarations.get(0), other))) {
                    throw new ParameterException(
                            command,
                            "--" + name + " means different things to the plugins at work; say which: "
                                    + receivers.keySet().stream()
                                            .map(plugin -> "--" + plugin + "." + name)
                                            .collect(Collectors.joining(", ")));
                }
                receivers.keySet().forEach(plugin -> texts.get(plugin).put(name, text));
            } else {
                throw new ParameterException(
                        command,
                        "--" + name + " is for " + String.join(", ", declarers(name)) + ", which "
                                + (atWork.isEmpty()
                                        ? "has nothing to do here"
                                        : "is not what cleans these files (" + String.join(", ", atWork) + ")"));
            }
        }
        // What names the plugin wins over what does not, wherever it stands.
        qualified.forEach((name, text) -> {
            int dot = name.lastIndexOf('.');
            texts.get(name.substring(0, dot)).put(name.substring(dot + 1), text);
        });
        return texts;
    }

    private Map<String, Parameter<?>> receivers(String name, Set<String> atWork) {
        Map<String, Parameter<?>> receivers = new LinkedHashMap<>();
        declared.forEach((plugin, parameters) -> {
            for (Parameter<?> parameter : parameters) {
                if (atWork.contains(plugin) && isNamed(name, plugin, parameter)) {
                    receivers.put(plugin, parameter);
                }
            }
        });
        return receivers;
    }

    private List<String> declarers(String name) {
        return declared.entrySet().stream()
                .filter(entry ->
                        entry.getValue().stream().anyMatch(parameter -> isNamed(name, entry.getKey(), parameter)))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isNamed(String name, String plugin, Parameter<?> parameter) {
        return name.equals(parameter.name()) || name.equals(plugin + "." + parameter.name());
    }
}
