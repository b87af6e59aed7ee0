package dev.unfog.core;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "dev.unfog.core", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ONE_PACKAGE_TOUCHES_ONNX_RUNTIME = noClasses()
            .that()
            .resideOutsideOfPackage("dev.unfog.core.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.onnxruntime..");

    @ArchTest
    static final ArchRule ONE_PACKAGE_TOUCHES_PF4J = noClasses()
            .that()
            .resideOutsideOfPackage("dev.unfog.core.plugin..")
            .should()
            .dependOnClassesThat(resideInAPackage("org.pf4j..").and(DescribedPredicate.not(isExtensionPoint())));

    @ArchTest
    static final ArchRule PLUGINS_MODELS_AND_MEDIA_STAND_ALONE = noClasses()
            .that()
            .resideInAnyPackage("dev.unfog.core.plugin..", "dev.unfog.core.model..", "dev.unfog.core.media..")
            .should(dependOnAnotherRoom());

    @ArchTest
    static final ArchRule NETWORKS_KNOW_MODELS_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.unfog.core.onnx..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unfog.core..")
                    .and(DescribedPredicate.not(resideInAPackage("dev.unfog.core.onnx..")))
                    .and(DescribedPredicate.not(resideInAPackage("dev.unfog.core.model.."))));

    @ArchTest
    static final ArchRule THE_HOST_NAMES_NO_PLUGIN = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("dev.unfog..")
                    .and(DescribedPredicate.not(resideInAPackage("dev.unfog.core..")))
                    .and(DescribedPredicate.not(resideInAPackage("dev.unfog.api.."))));

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching("dev.unfog.core.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule INTERNAL_PACKAGES_ARE_CLOSED = classes()
            .that()
            .resideInAPackage("..internal..")
            .should(beUsedFromTheirOwnRoomAlone())
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule EVERY_PACKAGE_SAYS_THAT_NULL_IS_MARKED = classes().should(resideInANullMarkedPackage());

    private static DescribedPredicate<JavaClass> isExtensionPoint() {
        return DescribedPredicate.describe(
                "ExtensionPoint", type -> type.getFullName().equals("org.pf4j.ExtensionPoint"));
    }

    private static String room(JavaClass type) {
        return type.getPackageName().replaceFirst("^(dev\\.unfog\\.core\\.[^.]+).*", "$1");
    }

    private static ArchCondition<JavaClass> dependOnAnotherRoom() {
        return new ArchCondition<>("depend on another package of the host") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    if (target.getPackageName().startsWith("dev.unfog.core")
                            && !room(target).equals(room(type))) {
                        events.add(SimpleConditionEvent.satisfied(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> beUsedFromTheirOwnRoomAlone() {
        return new ArchCondition<>("be used from the package around them alone") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String around = type.getPackageName().replaceFirst("\\.internal(\\..*)?$", "");
                for (Dependency dependency : type.getDirectDependenciesToSelf()) {
                    String user = dependency.getOriginClass().getPackageName();
                    if (!user.equals(around) && !user.startsWith(around + ".")) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
        return new ArchCondition<>("reside in a package that is @NullMarked") {
            private final Set<String> reported = new TreeSet<>();

            @Override
            public void check(JavaClass type, ConditionEvents events) {
                JavaPackage room = type.getPackage();
                if (!room.isAnnotatedWith(NullMarked.class) && reported.add(room.getName())) {
                    events.add(SimpleConditionEvent.violated(room, room.getName() + " is not @NullMarked"));
                }
            }
        };
    }
}
