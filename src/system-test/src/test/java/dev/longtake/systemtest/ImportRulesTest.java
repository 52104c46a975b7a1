package dev.longtake.systemtest;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
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
        assertThat(modules).contains("contract", "film", "engine", "phenaki", "media", "platform", "servers", "gateway", "scheduler", "worker", "stitcher", "bench", "farm");
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
                "org.jose4j..", List.of("gateway"),
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

    /** One decision, wherever it is taken: the processors and the simulator call the stages, and nobody else moves a film, a segment, a job or a worker. */
    @Test
    void onlyTheStagesDecide() {
        classes().that().resideInAPackage("dev.longtake.scheduler.streams..").and().haveSimpleNameEndingWith("Processor")
                .or().haveFullyQualifiedName("dev.longtake.bench.simulator.farm.FilmNode").or().haveFullyQualifiedName("dev.longtake.bench.simulator.farm.DispatchNode")
                .should(new ArchCondition<>("call FilmStage or DispatchStage") {
                    @Override
                    public void check(JavaClass node, ConditionEvents events) {
                        boolean calls = node.getDirectDependenciesFromSelf().stream().map(d -> d.getTargetClass().getSimpleName()).anyMatch(n -> n.equals("FilmStage") || n.equals("DispatchStage"));
                        events.add(new SimpleConditionEvent(node, calls, node.getName() + (calls ? " calls" : " does not call") + " a stage"));
                    }
                })
                .check(classes);
        noClasses().that().resideOutsideOfPackages("dev.longtake.scheduler.stage..", "dev.longtake.film.state..")
                .should().callMethodWhere(JavaCall.Predicates.target(HasOwner.Predicates.With.owner(HasName.Predicates.name("dev.longtake.film.state.TransitionTable")))
                        .and(JavaCall.Predicates.target(HasName.Predicates.name("next"))).and(new DescribedPredicate<>("with a listener, as whoever decides does") {
                            @Override
                            public boolean test(JavaCall<?> call) {
                                return call.getTarget().getRawParameterTypes().size() == 3;
                            }
                        }))
                .check(classes);
        noClasses().that().resideOutsideOfPackage("dev.longtake.scheduler.stage..")
                .should().callConstructorWhere(JavaCall.Predicates.target(HasOwner.Predicates.With.owner(HasName.Predicates.nameMatching("dev\\.longtake\\.scheduler\\.stage\\..*Effect\\$.*"))))
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
