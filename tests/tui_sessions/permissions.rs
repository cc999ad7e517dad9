//! Verify Permissions with a right taken away: the table says which one, and how to give it back.

use addendum::sandbox::SandboxOptions;

use crate::person::Person;
use crate::support::Bench;

#[test]
fn the_right_that_is_missing_is_shown_with_its_remedy() {
    let bench = Bench::with(SandboxOptions {
        companies: 5,
        lines: 10,
        tidy: true,
        ..SandboxOptions::default()
    });
    bench.sandbox.faults().withdraw(&["Procurement/Product Catalog/Inquire"]).unwrap();
    let mut person = Person::opens_with(&bench.home, &[], &[], (160, 40));
    person.sees("What to do next");
    person.goes_to_tab("Credentials");
    person.follows("Verify Permissions");
    person.sees("1 permission is missing");
    // The cursor is on it.
    person.is_on("MISSING");
    person.is_on("Product Catalog");
    let screen = person.screen();
    let heading = screen.lines().find(|l| l.contains("Needed for / remedy")).unwrap();
    for column in ["Module", "Permission", "Level", "Found"] {
        assert!(heading.contains(column), "{heading}");
    }
    let missing: Vec<&str> = screen.lines().filter(|l| l.contains("MISSING")).collect();
    assert_eq!(missing.len(), 1, "{screen}");
    for cell in ["Procurement", "Product Catalog", "Inquire All", "Security Roles"] {
        assert!(missing[0].contains(cell), "{cell}: {}", missing[0]);
    }
    // All of it, in words.
    person.presses("\r");
    person.sees("Found       refused");
    for text in ["Procurement", "Product Catalog", "Inquire All", "Needed for", "Security Roles"] {
        person.sees(text);
    }
    person.closes("Found       refused");

    bench.sandbox.faults().withdraw(&[]).unwrap();
    person.follows("Verify Permissions");
    person.sees("every permission that is needed is there");
    person.sees_no_more("MISSING");
    person.quits();
}
