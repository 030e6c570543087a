package io.tidewire.matcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UriTemplateTest {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                // RFC 6570, section 1.2: the levels
                "{var} ~ value",
                "{hello} ~ Hello%20World%21",
                "{+var} ~ value",
                "{+hello} ~ Hello%20World!",
                "{+path}/here ~ /foo/bar/here",
                "here?ref={+path} ~ here?ref=/foo/bar",
                "X{#var} ~ X#value",
                "X{#hello} ~ X#Hello%20World!",
                "map?{x,y} ~ map?1024,768",
                "{x,hello,y} ~ 1024,Hello%20World%21,768",
                "{+x,hello,y} ~ 1024,Hello%20World!,768",
                "{+path,x}/here ~ /foo/bar,1024/here",
                "{#x,hello,y} ~ #1024,Hello%20World!,768",
                "{#path,x}/here ~ #/foo/bar,1024/here",
                "X{.var} ~ X.value",
                "X{.x,y} ~ X.1024.768",
                "{/var} ~ /value",
                "{/var,x}/here ~ /value/1024/here",
                "{;x,y} ~ ;x=1024;y=768",
                "{;x,y,empty} ~ ;x=1024;y=768;empty",
                "{?x,y} ~ ?x=1024&y=768",
                "{?x,y,empty} ~ ?x=1024&y=768&empty=",
                "?fixed=yes{&x} ~ ?fixed=yes&x=1024",
                "{&x,y,empty} ~ &x=1024&y=768&empty=",
                "{var:3} ~ val",
                "{var:30} ~ value",
                "{list} ~ red,green,blue",
                "{list*} ~ red,green,blue",
                "{keys} ~ semi,%3B,dot,.,comma,%2C",
                "{keys*} ~ semi=%3B,dot=.,comma=%2C",
                "{+path:6}/here ~ /foo/b/here",
                "{+list} ~ red,green,blue",
                "{+keys*} ~ semi=;,dot=.,comma=,",
                "{#path:6}/here ~ #/foo/b/here",
                "{#list*} ~ #red,green,blue",
                "X{.var:3} ~ X.val",
                "X{.list} ~ X.red,green,blue",
                "X{.list*} ~ X.red.green.blue",
                "{/var:1,var} ~ /v/value",
                "{/list} ~ /red,green,blue",
                "{/list*,path:4} ~ /red/green/blue/%2Ffoo",
                "{;hello:5} ~ ;hello=Hello",
                "{;list} ~ ;list=red,green,blue",
                "{;list*} ~ ;list=red;list=green;list=blue",
                "{;keys} ~ ;keys=semi,%3B,dot,.,comma,%2C",
                "{;keys*} ~ ;semi=%3B;dot=.;comma=%2C",
                "{?var:3} ~ ?var=val",
                "{?list} ~ ?list=red,green,blue",
                "{?list*} ~ ?list=red&list=green&list=blue",
                "{?keys*} ~ ?semi=%3B&dot=.&comma=%2C",
                "{&keys*} ~ &semi=%3B&dot=.&comma=%2C",
                // section 3.2: what is undefined or empty
                "O{empty}X ~ OX",
                "O{undef}X ~ OX",
                "{x,empty} ~ 1024,",
                "{x,undef} ~ 1024",
                "{undef,y} ~ 768",
                "O{+undef}X ~ OX",
                "foo{#empty} ~ foo#",
                "foo{#undef} ~ foo",
                "{+half} ~ 50%25",
                "{base}index ~ http%3A%2F%2Fexample.com%2Fhome%2Findex",
                "{+base}index ~ http://example.com/home/index",
                "www{.dom*} ~ www.example.com",
                "X{.empty_keys} ~ X",
                "X{.empty} ~ X.",
                "{/half,who} ~ /50%25/fred",
                "{/who,dub} ~ /fred/me%2Ftoo",
                "{/var,empty} ~ /value/",
                "{/var,undef} ~ /value",
                "{;v,empty,who} ~ ;v=6;empty;who=fred",
                "{;v,bar,who} ~ ;v=6;who=fred",
                "{?x,y,undef} ~ ?x=1024&y=768",
                "{semi:2} ~ %3B",
                // UTF-8
                "{var:2} ~ %C3%A9%E6%97%A5",
                "{var:1} ~ %F0%9F%98%80",
                "/é/{x} ~ /%C3%A9/1",
                "/é/{x} ~ /é/1",
                "/%C3%A9/{x} ~ /%C3%A9/1",
                "{a.b_c%20} ~ x",
            })
    void matchesItsExpansions(String template, String expansion) {
        assertThat(UriTemplate.parse(template).matches(expansion)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " ~ ",
            value = {
                "/books/{id} ~ /books/1/2",
                "/books/{id} ~ /books/a b",
                "/books/{id} ~ /books/é",
                "/books/{id} ~ /books/%2",
                "/books/{id} ~ /books/%zz",
                "/books/{id} ~ /Books/1",
                "/books/{id} ~ x/books/1",
                "/books/{id} ~ /books/1?x",
                "/books/{id} ~ /books",
                "{a,b} ~ 1/2",
                "{+a} ~ a b",
                "{#a} ~ a",
                "X{.a} ~ X/a",
                "X{.a} ~ X.a.b.c/d",
                "{/a} ~ /a/b",
                "{/a,b} ~ /a/b/c",
                "{/a*} ~ a",
                "{;x} ~ ;x=",
                "{;x} ~ ;y=1",
                "{?x} ~ ?x",
                "{?x} ~ ?y=1",
                "{?x,y} ~ ?y=1&x=2",
                "{?x,y} ~ ?x=1&x=2",
                "{?x} ~ ?x=1&x=2",
                "{&x} ~ ?x=1",
                "{?x*} ~ ?x=a#b",
                "{var:3} ~ valu",
                "{var:2} ~ %C3%A9%E6%97%A5x",
                "{var:1} ~ %C3",
                "{?var:3} ~ ?var=valu",
            })
    void matchesNothingElse(String template, String topic) {
        assertThat(UriTemplate.parse(template).matches(topic)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "}",
                "{a",
                "a}",
                "{}",
                "{a,}",
                "{,a}",
                "{a b}",
                "{a{b}}",
                "{.}",
                "{a.}",
                "{.a.}",
                "{a..b}",
                "{a:0}",
                "{a:01}",
                "{a:x}",
                "{a:}",
                "{a:10000}",
                "{a:3*}",
                "{a**}",
                "{=a}",
                "{!a}",
                "{@a}",
                "{|a}",
                "{a%2}",
                "{é}",
                "{a-b}",
                "a b{x}",
                "<{x}>",
                "a%2{x}",
                "a^{x}",
                "a\"b",
                "a\\b",
                "",
                "{x}\n"
            })
    void malformedTemplatesAreRefused(String template) {
        assertThatIllegalArgumentException().isThrownBy(() -> UriTemplate.parse(template));
    }

    @Test
    void theMessageTellsTemplateAndRule() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UriTemplate.parse("/{=x}"))
                .withMessage("match: /{=x} (expected: an operator of RFC 6570; '=' is reserved)");
    }

    @Test
    void theStarMatchesEveryTopic() {
        assertThat(UriTemplate.parse("*").matches("anything é")).isTrue();
        assertThat(UriTemplate.selector("*").matches("anything é")).isTrue();
        assertThat(UriTemplate.parse("/*").matches("/x")).isFalse();
    }

    @Test
    void aTemplateMatchesItself() {
        assertThat(UriTemplate.parse("/books/{id}").matches("/books/{id}")).isTrue();
        assertThat(UriTemplate.parse("/books/{id}")).hasToString("/books/{id}");
    }

    @Test
    void aSelectorThatIsNoTemplateSelectsTheTopicOfThatName() {
        UriTemplate selector = UriTemplate.selector("a {b");
        assertThat(selector.matches("a {b")).isTrue();
        assertThat(selector.matches("a ")).isFalse();
        assertThat(UriTemplate.selector("/{x}").matches("/1")).isTrue();
    }

    @Test
    void whateverATemplateExpandsToMatches() {
        Seeds.check(4000, random -> {
            Map<String, Object> values = Expansion.values(random);
            String template = Expansion.template(random);
            String expansion = Expansion.expand(template, values);
            assertThat(UriTemplate.parse(template).matches(expansion))
                    .as(template + " with " + values + " is " + expansion)
                    .isTrue();
        });
    }

    @Test
    void expressionsAgreeWithASlowMatcher() {
        Seeds.check(2000, random -> {
            String expression = Expansion.expression(random);
            Node node = TemplateExpression.parse(expression);
            Automaton fast = Automaton.of(node);
            for (int i = 0; i < 20; i++) {
                String text = nearly(expression, random);
                assertThat(fast.matches(text))
                        .as("{" + expression + "} on " + text)
                        .isEqualTo(SlowMatcher.matches(node, text));
            }
        });
    }

    private static String nearly(String expression, Random random) {
        StringBuilder out = new StringBuilder();
        List<String> pieces =
                List.of("a", "b", "=", ",", "&", ";", "/", ".", "?", "#", "%20", "%C3%A9", "%", "x", "a=");
        out.append("?;&/.#".indexOf(expression.charAt(0)) >= 0 ? expression.substring(0, 1) : "");
        for (int i = random.nextInt(6); i > 0; i--) {
            out.append(pieces.get(random.nextInt(pieces.size())));
        }
        return out.toString();
    }
}
