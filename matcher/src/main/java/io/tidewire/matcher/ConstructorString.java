package io.tidewire.matcher;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Splits a pattern for a whole URL into those of its components (URL Pattern Standard, section 1.6); used once. */
final class ConstructorString {

    /*
     * The machine of the standard, state by state. A null state is its "init"; AUTHORITY has no component of its own: it
     * looks ahead for an '@' and goes back. A change of state also fills what lies between the two components: what is
     * skipped before a later component was meant to be empty.
     */

    private enum State {
        INIT(null),
        PROTOCOL(UrlComponent.PROTOCOL),
        AUTHORITY(null),
        USERNAME(UrlComponent.USERNAME),
        PASSWORD(UrlComponent.PASSWORD),
        HOSTNAME(UrlComponent.HOSTNAME),
        PORT(UrlComponent.PORT),
        PATHNAME(UrlComponent.PATHNAME),
        SEARCH(UrlComponent.SEARCH),
        HASH(UrlComponent.HASH),
        DONE(null);

        private final @Nullable UrlComponent component;

        State(@Nullable UrlComponent component) {
            this.component = component;
        }
    }

    private static final Set<State> BEFORE_HOSTNAME = EnumSet.range(State.PROTOCOL, State.PASSWORD);
    private static final Set<State> BEFORE_PATHNAME = EnumSet.range(State.PROTOCOL, State.PORT);
    private static final Set<State> BEFORE_SEARCH = EnumSet.range(State.PROTOCOL, State.PATHNAME);

    private final String in;
    private final List<PatternToken> tokens;
    private final Map<UrlComponent, String> result = new EnumMap<>(UrlComponent.class);
    private State state = State.INIT;
    private int start;
    private int at;
    private boolean special;

    private ConstructorString(String in) {
        this.in = in;
        this.tokens = PatternToken.tokenize(in, PatternToken.Policy.LENIENT);
    }

    /** {@return the patterns of the components that the pattern names} */
    static Map<UrlComponent, String> parse(String pattern) {
        ConstructorString parser = new ConstructorString(pattern);
        parser.run();
        return parser.result;
    }

    private void run() {
        int groups = 0;
        int brackets = 0;
        while (state != State.DONE) {
            PatternToken token = tokens.get(at);
            if (token.type() == PatternToken.Type.END) {
                end();
                continue;
            }
            if (token.type() == PatternToken.Type.OPEN) {
                groups++;
                at++;
                continue;
            }
            if (groups > 0) {
                if (token.type() != PatternToken.Type.CLOSE) {
                    at++;
                    continue;
                }
                groups--;
            }
            if (state == State.HOSTNAME) {
                brackets += token.isPlain("[") ? 1 : token.isPlain("]") ? -1 : 0;
            }
            if (!step(token, brackets)) {
                at++;
            }
        }
        if (result.containsKey(UrlComponent.HOSTNAME)) {
            result.putIfAbsent(UrlComponent.PORT, ""); // no port means the default one, not any
        }
    }

    private void end() {
        if (state == State.INIT) {
            rewind(State.INIT);
            if (isHash()) {
                change(State.HASH, 1);
            } else if (isSearch()) {
                change(State.SEARCH, 1);
            } else {
                change(State.PATHNAME, 0);
            }
        } else if (state == State.AUTHORITY) {
            rewind(State.HOSTNAME);
        } else {
            change(State.DONE, 0);
        }
    }

    /** {@return whether the state, and so the position, changed} */
    private boolean step(PatternToken token, int brackets) {
        return switch (state) {
            case INIT -> token.isPlain(":") && rewind(State.PROTOCOL);
            case PROTOCOL -> token.isPlain(":") && protocolEnds();
            case AUTHORITY -> token.isPlain("@") ? rewind(State.USERNAME) : isHostEnd(token) && rewind(State.HOSTNAME);
            case USERNAME ->
                token.isPlain(":") ? change(State.PASSWORD, 1) : token.isPlain("@") && change(State.HOSTNAME, 1);
            case PASSWORD -> token.isPlain("@") && change(State.HOSTNAME, 1);
            case HOSTNAME -> (token.isPlain(":") && brackets == 0) ? change(State.PORT, 1) : pathOrLater(token);
            case PORT -> pathOrLater(token);
            case PATHNAME -> searchOrHash();
            case SEARCH -> isHash() && change(State.HASH, 1);
            case HASH, DONE -> false;
        };
    }

    private boolean protocolEnds() {
        String protocol = componentText();
        special = UrlPattern.matchesSpecialScheme(ComponentPattern.compile(protocol, UrlComponent.PROTOCOL, true));
        if (safe(at + 1).isPlain("/") && safe(at + 2).isPlain("/")) {
            return change(State.AUTHORITY, 3);
        }
        return change(special ? State.AUTHORITY : State.PATHNAME, 1);
    }

    private boolean isHostEnd(PatternToken token) {
        return token.isPlain("/") || isSearch() || isHash();
    }

    private boolean pathOrLater(PatternToken token) {
        return token.isPlain("/") ? change(State.PATHNAME, 0) : searchOrHash();
    }

    private boolean searchOrHash() {
        return isSearch() ? change(State.SEARCH, 1) : isHash() && change(State.HASH, 1);
    }

    private boolean isHash() {
        return tokens.get(at).isPlain("#");
    }

    /** A question mark begins the search unless it can only be a modifier. */
    private boolean isSearch() {
        if (tokens.get(at).isPlain("?")) {
            return true;
        }
        if (!tokens.get(at).value().equals("?")) {
            return false;
        }
        return at == 0
                || switch (tokens.get(at - 1).type()) {
                    case NAME, REGEXP, CLOSE, ASTERISK -> false;
                    default -> true;
                };
    }

    private PatternToken safe(int index) {
        return tokens.get(Math.min(index, tokens.size() - 1));
    }

    private String componentText() {
        return in.substring(safe(start).index(), tokens.get(at).index());
    }

    private boolean rewind(State next) {
        at = start;
        state = next;
        return true;
    }

    private boolean change(State next, int skip) {
        if (state.component != null) {
            result.put(state.component, componentText());
        }
        if (state != State.INIT && next != State.DONE) {
            if (BEFORE_HOSTNAME.contains(state) && next.compareTo(State.PORT) >= 0) {
                result.putIfAbsent(UrlComponent.HOSTNAME, "");
            }
            if (BEFORE_PATHNAME.contains(state) && next.compareTo(State.SEARCH) >= 0) {
                result.putIfAbsent(UrlComponent.PATHNAME, special ? "/" : "");
            }
            if (BEFORE_SEARCH.contains(state) && next == State.HASH) {
                result.putIfAbsent(UrlComponent.SEARCH, "");
            }
        }
        state = next;
        at += skip;
        start = at;
        return true;
    }
}
