package io.tidewire.matcher;

import java.util.List;

/** A regular expression as a tree; {@link Automaton} compiles it. */
sealed interface Node {

    /** For {@link Repeat#max}: as often as one likes. */
    int UNBOUNDED = Integer.MAX_VALUE;

    Node EMPTY = new Seq(List.of());

    /** One ASCII character of a set. */
    record Chars(AsciiSet set) implements Node {
        @Override
        public void emit(Program out) {
            out.chars(set);
        }
    }

    /** A text as it is. */
    record Text(String text) implements Node {
        @Override
        public void emit(Program out) {
            for (int i = 0; i < text.length(); i++) {
                out.unit(text.charAt(i));
            }
        }
    }

    /** One after the other. */
    record Seq(List<Node> nodes) implements Node {
        @Override
        public void emit(Program out) {
            nodes.forEach(node -> node.emit(out));
        }
    }

    /** One of several. */
    record Alt(List<Node> nodes) implements Node {
        @Override
        public void emit(Program out) {
            int[] ends = new int[nodes.size() - 1];
            for (int i = 0; i < ends.length; i++) {
                int split = out.split();
                nodes.get(i).emit(out);
                ends[i] = out.jump();
                out.target(split, out.size());
            }
            nodes.get(ends.length).emit(out);
            for (int end : ends) {
                out.target(end, out.size());
            }
        }
    }

    /** A number of times; every copy is compiled by itself, so the bound on the program bounds the numbers too. */
    record Repeat(Node node, int min, int max) implements Node {
        @Override
        public void emit(Program out) {
            boolean loops = max == UNBOUNDED;
            int last = out.size();
            for (int i = 0; i < min; i++) {
                last = out.size();
                node.emit(out);
                if (out.size() == last) {
                    return; // of nothing, any number is nothing
                }
            }
            if (loops && min > 0) {
                out.target(out.split(), last);
            } else if (loops) {
                int split = out.split();
                node.emit(out);
                out.target(out.jump(), split);
                out.target(split, out.size());
            } else {
                emitOptional(out);
            }
        }

        private void emitOptional(Program out) {
            int[] exits = new int[Math.min(max - min, Program.MAX_STATES)];
            for (int i = 0; i < exits.length; i++) {
                exits[i] = out.split();
                node.emit(out);
            }
            for (int exit : exits) {
                out.target(exit, out.size());
            }
        }
    }

    /** A place between characters: one of the AT operations. */
    record Place(Program.Op op) implements Node {
        @Override
        public void emit(Program out) {
            out.place(op);
        }
    }

    /**
     * Any of the items, in order, with what stands before the first of them and what stands between them; or nothing.
     */
    record Join(String first, String separator, List<Node> items) implements Node {

        /*
         * Two rows of states: one where nothing was taken yet, one where something was. An item stands in the second row
         * only; the first row jumps into it past the separator. So the states are linear in the items.
         */
        @Override
        public void emit(Program out) {
            int[] entries = new int[items.size()];
            for (int i = 0; i < entries.length; i++) {
                int skip = out.split();
                new Text(first).emit(out);
                entries[i] = out.jump();
                out.target(skip, out.size());
            }
            int none = out.jump();
            for (int i = 0; i < entries.length; i++) {
                int skip = out.split();
                new Text(separator).emit(out);
                out.target(entries[i], out.size());
                items.get(i).emit(out);
                out.target(skip, out.size());
            }
            out.target(none, out.size());
        }
    }

    /** Appends the states of this node. */
    void emit(Program out);

    static Node seq(Node... nodes) {
        return new Seq(List.of(nodes));
    }

    static Node alt(Node... nodes) {
        return new Alt(List.of(nodes));
    }

    static Node optional(Node node) {
        return new Repeat(node, 0, 1);
    }

    static Node anyTimes(Node node) {
        return new Repeat(node, 0, UNBOUNDED);
    }

    static Node onceOrMore(Node node) {
        return new Repeat(node, 1, UNBOUNDED);
    }
}
