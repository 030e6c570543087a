package io.tidewire.app;

import io.tidewire.server.NearestName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The settings in force: of {@code tidewire.yaml}, the environment and the flags, the latter over the former. */
final class Settings {
    /** Variables of ours that are not settings: the launcher's, and the token of {@code publish} and {@code subscribe}. */
    private static final String LAUNCHER_PREFIX = "TIDEWIRE_JAVA";

    /** As in {@code redis://user:password@host}. */
    private static final Pattern CREDENTIALS = Pattern.compile("//[^/@\\s]*@");

    private static final String TOKEN = "TIDEWIRE_TOKEN";

    private final Map<Setting, Value> values = new EnumMap<>(Setting.class);

    private final UpstreamSettings upstreams = new UpstreamSettings();

    private record Value(String text, String origin) {}

    /** Takes a file's settings; nested keys are joined by dots. */
    void addFile(Path file) {
        try {
            JsonNode tree = new YAMLMapper().readTree(Files.readString(file));
            if (tree.isObject()) {
                addTree("", tree, file.toString());
            } else if (!tree.isMissingNode() && !tree.isNull()) {
                throw new UsageException(file + ": not a mapping (expected: lines of key: value)");
            }
        } catch (JacksonException e) {
            throw new UsageException(
                    file + ": " + e.getOriginalMessage().lines().findFirst().orElse("malformed") + " (expected: YAML)");
        } catch (java.nio.file.NoSuchFileException e) {
            throw new UsageException("--config: " + file + " is not there (expected: a readable file)");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addTree(String prefix, JsonNode tree, String origin) {
        for (Map.Entry<String, JsonNode> field : tree.properties()) {
            String key = prefix + field.getKey();
            if (field.getValue().isObject()) {
                addTree(key + ".", field.getValue(), origin);
            } else {
                if (upstreams.addKey(key, field.getValue().asString(), origin)) {
                    continue;
                }
                Setting setting = Setting.ofKey(key)
                        .orElseThrow(() -> new UsageException(origin + ": unknown key " + key + " (did you mean "
                                + NearestName.of(key, Setting.keys()) + "?)"));
                values.put(setting, new Value(field.getValue().asString(), origin));
            }
        }
    }

    /** Takes the variables that begin with {@code TIDEWIRE_}. */
    void addEnvironment(Map<String, String> environment) {
        environment.forEach((name, value) -> {
            if (name.startsWith("TIDEWIRE_")
                    && !name.startsWith(LAUNCHER_PREFIX)
                    && !name.equals(TOKEN)
                    && !upstreams.addVariable(name, value)) {
                Setting setting = Setting.ofVariable(name)
                        .orElseThrow(() -> new UsageException("environment: unknown variable " + name
                                + " (did you mean " + NearestName.of(name, Setting.variables()) + "?)"));
                values.put(setting, new Value(value, name));
            }
        });
    }

    /** Takes a flag. */
    void addFlag(Setting setting, String value) {
        values.put(setting, new Value(value, setting.flag()));
    }

    /** Takes a flag that may come more than once. */
    void addToFlag(Setting setting, String value) {
        Value before = values.get(setting);
        String more = before != null && before.origin.equals(setting.flag()) ? before.text + "," : "";
        addFlag(setting, more + value);
    }

    /** {@return what is said of single upstreams} */
    UpstreamSettings upstreams() {
        return upstreams;
    }

    /** Takes a default other than the setting's own, if nothing was said. */
    void otherwise(Setting setting, String value, String origin) {
        values.putIfAbsent(setting, new Value(value, origin));
    }

    /** {@return each setting with its value and where it comes from, as YAML} */
    String print() {
        StringBuilder out = new StringBuilder();
        for (Setting setting : Setting.values()) {
            Value value = values.get(setting);
            out.append(setting.key())
                    .append(": ")
                    .append(shown(setting, value))
                    .append("  # ")
                    .append(value == null ? "default" : value.origin)
                    .append('\n');
        }
        return out.append(upstreams.print()).toString();
    }

    private String shown(Setting setting, @Nullable Value value) {
        return value != null && setting.isSecret()
                ? "********"
                : CREDENTIALS.matcher(text(setting)).replaceAll("//********@");
    }

    String text(Setting setting) {
        Value value = values.get(setting);
        return value == null ? setting.defaultValue() : value.text;
    }

    int number(Setting setting) {
        try {
            return Integer.parseInt(text(setting));
        } catch (NumberFormatException e) {
            throw wrong(setting, "a whole number");
        }
    }

    boolean flag(Setting setting) {
        return switch (text(setting)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(setting, "true or false");
        };
    }

    /** {@return bytes, of a number with or without k, KiB, m, MiB, g, GiB} */
    long bytes(Setting setting) {
        Long bytes = bytes(text(setting));
        if (bytes == null) {
            throw wrong(setting, "bytes, as in 65536, 64KiB or 32MiB");
        }
        return bytes;
    }

    /** {@return the bytes, or null if it is no number of them} */
    static @Nullable Long bytes(String given) {
        String text = given.strip().toLowerCase(Locale.ROOT);
        int digits = digits(text);
        long unit = switch (text.substring(digits).strip()) {
            case "", "b" -> 1;
            case "k", "kb", "kib" -> 1L << 10;
            case "m", "mb", "mib" -> 1L << 20;
            case "g", "gb", "gib" -> 1L << 30;
            default -> 0;
        };
        if (digits == 0 || digits > 12 || unit == 0) {
            return null;
        }
        long count = Long.parseLong(text.substring(0, digits));
        return count > Long.MAX_VALUE / unit ? null : Long.valueOf(count * unit);
    }

    int intBytes(Setting setting) {
        long bytes = bytes(setting);
        if (bytes > Integer.MAX_VALUE) {
            throw wrong(setting, "less than 2GiB");
        }
        return (int) bytes;
    }

    Duration duration(Setting setting) {
        Duration duration = duration(text(setting));
        if (duration == null) {
            throw wrong(setting, "a time, as in 500ms, 30s, 5m, 2h or 1d");
        }
        return duration;
    }

    /** {@return the time, or null if it is none} */
    static @Nullable Duration duration(String given) {
        String text = given.strip().toLowerCase(Locale.ROOT);
        int digits = digits(text);
        if (digits == 0 || digits > 9) {
            return null;
        }
        long count = Long.parseLong(text.substring(0, digits));
        return switch (text.substring(digits)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            default -> null;
        };
    }

    /** {@return what stands between the commas; empty if nothing does} */
    List<String> list(Setting setting) {
        return Arrays.stream(text(setting).split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    URI uri(Setting setting) {
        try {
            return new URI(text(setting).strip());
        } catch (URISyntaxException e) {
            throw wrong(setting, "a URL");
        }
    }

    UsageException wrong(Setting setting, String rule) {
        Value value = values.get(setting);
        String origin = value == null ? "default" : value.origin;
        return new UsageException(
                setting.key() + ": " + shown(setting, value) + " from " + origin + " (expected: " + rule + ")");
    }

    private static int digits(String text) {
        int digits = 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        return digits;
    }
}
