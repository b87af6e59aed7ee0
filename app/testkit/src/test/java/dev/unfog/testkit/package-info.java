/** Tests that the contract passes what keeps it and catches what does not. */
@NullMarked
package dev.unfog.testkit;

import org.jspecify.annotations.NullMarked;
