package io.tidewire.app;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;
import org.junit.jupiter.api.Test;

/** The directions and the manners of the whole, as ARCHITECTURE.md tells them. */
class ArchitectureTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.tidewire");

    private static void check(ArchRule rule) {
        rule.check(ALL);
    }

    @Test
    void modulesDependOneWay() {
        check(Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("sse")
                .definedBy("io.tidewire.sse")
                .layer("log")
                .definedBy("io.tidewire.log")
                .layer("logs")
                .definedBy("io.tidewire.log.*")
                .layer("stream")
                .definedBy("io.tidewire.stream")
                .layer("llm")
                .definedBy("io.tidewire.llm")
                .layer("hub")
                .definedBy("io.tidewire.hub")
                .layer("auth")
                .definedBy("io.tidewire.auth")
                .layer("matcher")
                .definedBy("io.tidewire.matcher")
                .layer("server")
                .definedBy("io.tidewire.server")
                .layer("app")
                .definedBy("io.tidewire.app")
                .whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("server")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("auth")
                .mayOnlyBeAccessedByLayers("server", "app")
                .whereLayer("matcher")
                .mayOnlyBeAccessedByLayers("server")
                .whereLayer("llm")
                .mayOnlyBeAccessedByLayers("server", "app")
                .whereLayer("stream")
                .mayOnlyBeAccessedByLayers("logs", "hub", "server", "app")
                .whereLayer("logs")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("hub")
                .mayOnlyBeAccessedByLayers("server", "app")
                .whereLayer("log")
                .mayOnlyBeAccessedByLayers("logs", "stream", "hub", "server", "app"));
    }

    /** {@code llm} is the other side of the same sockets: a client for upstreams, and a model's server for tests. */
    @Test
    void onlyTheServerAndTheWayToUpstreamsSeeNetty() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages("io.tidewire.server", "io.tidewire.llm")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty.."));
    }

    @Test
    void onlyTheWayToUpstreamsSeesReactor() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.tidewire.llm")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("reactor..", "org.reactivestreams.."));
    }

    @Test
    void onlyItsLogSeesAStoresClient() {
        onlyIn("io.tidewire.log.sqlite", "org.sqlite..");
        onlyIn("io.tidewire.log.redis", "io.lettuce..");
        onlyIn("io.tidewire.log.kafka", "org.apache.kafka..");
    }

    private static void onlyIn(String log, String client) {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(log)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(client));
    }

    @Test
    void theWireFormatNeedsNothing() {
        check(noClasses()
                .that()
                .resideInAPackage("io.tidewire.sse")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("io.tidewire.sse", "java..", "org.jspecify.."));
    }

    @Test
    void onlyTheAppReadsTheEnvironment() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.tidewire.app")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class));
    }

    @Test
    void timeAndThreadsAreGivenNotTaken() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage("io.tidewire.app")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(Thread.class, "sleep", long.class));
    }

    @Test
    void typesAreNamedByWhatTheyDo() {
        check(noClasses()
                .should()
                .haveSimpleNameEndingWith("Util")
                .orShould()
                .haveSimpleNameEndingWith("Utils")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveSimpleNameStartingWith("Default"));
    }
}
