package dev.longtake.systemtest;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The layering of ARCHITECTURE.md, enforced. */
class ImportRulesTest {
    private static final String OURS = "dev.longtake..";
    private static final List<String> SERVICES = List.of("gateway", "scheduler", "worker", "stitcher");
    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("dev.longtake");
    }

    @Test
    void everyModuleIsSeen() {
        List<String> modules = classes.stream().map(c -> c.getPackageName().split("\\.")[2]).distinct().toList();
        assertThat(modules).contains("contract", "film", "engine", "phenaki", "media", "platform", "servers", "gateway", "scheduler", "worker", "stitcher", "farm");
    }

    @TestFactory
    List<DynamicTest> theDomainAndTheContractsImportNothingOfOurs() {
        return List.of("contract", "film", "engine", "servers", "bundle").stream()
                .map(module -> DynamicTest.dynamicTest(module, () -> noClasses()
                        .that().resideInAPackage("dev.longtake." + module + "..")
                        .should().dependOnClassesThat(resideInAPackage(OURS).and(not(resideInAPackage("dev.longtake." + module + ".."))))
                        .allowEmptyShould(true)
                        .check(classes)))
                .toList();
    }

    @TestFactory
    List<DynamicTest> servicesNeverImportOneAnother() {
        return SERVICES.stream()
                .map(service -> DynamicTest.dynamicTest(service, () -> noClasses()
                        .that().resideInAPackage("dev.longtake." + service + "..")
                        .should().dependOnClassesThat().resideInAnyPackage(SERVICES.stream().filter(s -> !s.equals(service)).map(s -> "dev.longtake." + s + "..").toArray(String[]::new))
                        .check(classes)))
                .toList();
    }

    @TestFactory
    List<DynamicTest> aLibraryIsNamedOnlyWhereItBelongs() {
        Map<String, List<String>> owners = Map.of(
                "org.apache.kafka.clients..", List.of("platform", "scheduler"),
                "org.apache.kafka.streams..", List.of("scheduler"),
                "redis.clients..", List.of("platform"),
                "io.minio..", List.of("platform"),
                "ai.djl..", List.of("phenaki"),
                "ai.onnxruntime..", List.of("phenaki"),
                "org.bytedeco..", List.of("media"),
                "picocli..", List.of("farm"),
                "kafka..", List.of("servers"));
        return owners.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey() + " only in " + e.getValue(), () -> classes()
                        .that(resideInAPackage(OURS)
                                .and(not(resideInAnyPackage(e.getValue().stream().map(m -> "dev.longtake." + m + "..").toArray(String[]::new))))
                                .and(not(resideInAPackage("dev.longtake.servers.."))))
                        .should().onlyDependOnClassesThat(not(resideInAPackage(e.getKey())))
                        .check(classes)))
                .collect(Collectors.toList());
    }

    @Test
    void theDomainKnowsNoFrameworkAndDoesNoInput() {
        noClasses().that().resideInAPackage("dev.longtake.film..")
                .should().dependOnClassesThat().resideInAnyPackage("io.quarkus..", "jakarta..", "org.eclipse.microprofile..", "java.nio.file..", "java.net..", "java.sql..")
                .check(classes);
    }

    @Test
    void theSchedulersDecisionsKnowNeitherQueueNorStoreNorFramework() {
        noClasses().that().resideInAPackage("dev.longtake.scheduler.stage..")
                .should().dependOnClassesThat().resideInAnyPackage("org.apache.kafka..", "dev.longtake.platform..", "jakarta..", "io.smallrye..", "java.nio.file..", "java.net..", "java.util.concurrent..")
                .check(classes);
    }

    @Test
    void noPackageGrowsPastWhatOneCanSee() {
        Map<String, Long> sizes = classes.stream()
                .filter(c -> c.isTopLevelClass() && !c.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(c -> c.getPackageName(), Collectors.counting()));
        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(25));
    }
}
