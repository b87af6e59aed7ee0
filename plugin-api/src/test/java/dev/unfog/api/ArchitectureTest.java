package dev.unfog.api;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "dev.unfog.api", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule A_PLUGIN_AUTHOR_GETS_NOTHING_BUT_THE_JDK_PF4J_AND_JSPECIFY = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "dev.unfog.api..", "org.pf4j..", "org.jspecify..");

    @ArchTest
    static final ArchRule THE_MATHEMATICS_STANDS_ALONE = classes()
            .that()
            .resideInAPackage("dev.unfog.api.sde..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "dev.unfog.api", "dev.unfog.api.sde..");

    @ArchTest
    static final ArchRule PACKAGES_FORM_NO_CYCLE =
            slices().matching("dev.unfog.api.(*)..").should().beFreeOfCycles();
}
