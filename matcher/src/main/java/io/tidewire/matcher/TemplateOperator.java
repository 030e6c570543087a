package io.tidewire.matcher;

/** The operators of RFC 6570, with the columns of the table in its appendix A. */
enum TemplateOperator {
    SIMPLE("", "", ",", false, "", false),
    RESERVED("+", "", ",", false, "", true),
    FRAGMENT("#", "#", ",", false, "", true),
    LABEL(".", ".", ".", false, "", false),
    PATH("/", "/", "/", false, "", false),
    PARAMETER(";", ";", ";", true, "", false),
    QUERY("?", "?", "&", true, "=", false),
    CONTINUATION("&", "&", "&", true, "=", false);

    final String sign;
    final String first;
    final String separator;
    final boolean named;
    final String ifEmpty;
    final boolean reserved;

    TemplateOperator(String sign, String first, String separator, boolean named, String ifEmpty, boolean reserved) {
        this.sign = sign;
        this.first = first;
        this.separator = separator;
        this.named = named;
        this.ifEmpty = ifEmpty;
        this.reserved = reserved;
    }

    /** {@return the operator that the expression starts with} */
    static TemplateOperator of(String expression) {
        for (TemplateOperator operator : values()) {
            if (operator != SIMPLE && expression.startsWith(operator.sign)) {
                return operator;
            }
        }
        if (!expression.isEmpty() && "=,!@|".indexOf(expression.charAt(0)) >= 0) {
            throw new BrokenRule("an operator of RFC 6570; '" + expression.charAt(0) + "' is reserved");
        }
        return SIMPLE;
    }
}
