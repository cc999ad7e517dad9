//! What stands below us, held against `deny.toml` and ARCHITECTURE.md wherever the tests run. The
//! public workflow runs `cargo deny` with the same file, and with the advisories of the day.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn toml_of(name: &str) -> toml::Table {
    std::fs::read_to_string(root().join(name)).unwrap().parse().unwrap()
}

/// This machine, as cargo calls it.
fn host() -> String {
    let out = Command::new("rustc").arg("-vV").current_dir(root()).output().unwrap();
    let about = String::from_utf8(out.stdout).unwrap();
    about.lines().find_map(|l| l.strip_prefix("host: ")).unwrap().to_owned()
}

/// All packages that a build for this machine takes, with all features: those of other machines are
/// not at hand without a network, and the public workflow looks at them.
fn packages() -> Vec<Value> {
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--all-features"])
        .args(["--filter-platform", &host()])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn text<'a>(package: &'a Value, field: &str) -> &'a str {
    package[field].as_str().unwrap_or_default()
}

fn list(table: &toml::Value, key: &str) -> Vec<String> {
    let all = table.get(key).and_then(toml::Value::as_array).cloned().unwrap_or_default();
    all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Whether an SPDX expression can be satisfied with what is allowed. `/` is how older packages
/// write OR.
fn satisfied(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ")
        .replace(" WITH ", "_WITH_");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&tokens, &mut at, allowed);
    assert_eq!(at, tokens.len(), "`{expression}` cannot be read");
    met
}

fn any_of(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = all_of(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(tokens, at, allowed);
    }
    met
}

fn all_of(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(tokens, at, allowed);
    }
    met
}

fn one(tokens: &[&str], at: &mut usize, allowed: &dyn Fn(&str) -> bool) -> bool {
    let token = tokens[*at];
    *at += 1;
    if token != "(" {
        return allowed(&token.replace("_WITH_", " WITH "));
    }
    let met = any_of(tokens, at, allowed);
    assert_eq!(tokens.get(*at), Some(&")"));
    *at += 1;
    met
}

#[test]
fn licences_are_among_those_that_are_allowed() {
    let policy = &toml_of("deny.toml")["licenses"];
    let general: BTreeSet<String> = list(policy, "allow").into_iter().collect();
    let mut excepted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for exception in policy["exceptions"].as_array().unwrap() {
        let name = exception["crate"].as_str().unwrap().to_owned();
        excepted.insert(name, list(exception, "allow"));
    }
    let all = packages();
    assert!(all.len() > 200, "the tree is not looked at: {} packages", all.len());
    let wrong: Vec<String> = all
        .iter()
        .filter(|p| {
            let more = excepted.get(text(p, "name"));
            let allowed =
                |l: &str| general.contains(l) || more.is_some_and(|m| m.iter().any(|a| a == l));
            text(p, "license").is_empty() || !satisfied(text(p, "license"), &allowed)
        })
        .map(|p| format!("{} {}: {}", text(p, "name"), text(p, "version"), text(p, "license")))
        .collect();
    assert!(wrong.is_empty(), "not allowed by deny.toml:\n{}", wrong.join("\n"));
}

#[test]
fn nothing_is_banned_doubled_or_from_elsewhere() {
    let policy = toml_of("deny.toml");
    let banned = list(&policy["bans"], "deny");
    let skipped: BTreeSet<String> = list(&policy["bans"], "skip").into_iter().collect();
    let registries = list(&policy["sources"], "allow-registry");
    assert!(!banned.is_empty() && !registries.is_empty());
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut wrong = Vec::new();
    // The lock file names the packages of all platforms.
    let lock = toml_of("Cargo.lock");
    for p in lock["package"].as_array().unwrap() {
        let name = p["name"].as_str().unwrap();
        versions.entry(name).or_default().push(p["version"].as_str().unwrap());
        if banned.iter().any(|b| b == name) {
            wrong.push(format!("{name} is banned"));
        }
        let source = p.get("source").and_then(toml::Value::as_str);
        let known = |s: &str| registries.iter().any(|r| s == format!("registry+{r}"));
        if !source.map_or(name == "addendum", known) {
            wrong.push(format!("{name} comes from {source:?}"));
        }
    }
    for (name, of) in &versions {
        let counted = of.iter().filter(|v| !skipped.contains(&format!("{name}@{v}"))).count();
        if counted > 1 {
            wrong.push(format!("{name} is there {} times: {}", of.len(), of.join(", ")));
        }
    }
    for skip in &skipped {
        let (name, version) = skip.split_once('@').unwrap();
        if !versions.get(name).is_some_and(|of| of.len() > 1 && of.contains(&version)) {
            wrong.push(format!("{skip} need not be skipped any more: take it out of deny.toml"));
        }
    }
    assert!(wrong.is_empty(), "against deny.toml:\n{}", wrong.join("\n"));
}

/// Names of the dependency tables of `Cargo.toml`, and whether only tests need them.
fn dependencies() -> BTreeMap<String, bool> {
    let cargo = toml_of("Cargo.toml");
    let mut all = BTreeMap::new();
    let mut add = |table: Option<&toml::Value>, dev: bool| {
        for name in table.and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys) {
            let only_dev = dev && all.get(name).copied().unwrap_or(true);
            all.insert(name.clone(), only_dev);
        }
    };
    add(cargo.get("dependencies"), false);
    for target in cargo["target"].as_table().unwrap().values() {
        add(target.get("dependencies"), false);
    }
    add(cargo.get("dev-dependencies"), true);
    all
}

#[test]
fn every_dependency_has_its_reason_in_the_table() {
    let page = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let table = page.split_once("## Dependencies").unwrap().1;
    let mut told: BTreeMap<String, bool> = BTreeMap::new();
    for row in table.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| crate")) {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (crates, reason) = (cells.next().unwrap(), cells.next().unwrap_or_default());
        assert!(!reason.is_empty(), "no reason: {row}");
        let dev = crates.starts_with("dev:");
        let plain = crates.trim_start_matches("dev:").split('(').map(|part| {
            // What stands in brackets is a remark.
            part.split_once(')').map_or(part, |(_, rest)| rest)
        });
        for name in plain.collect::<String>().split(',').map(str::trim).filter(|n| !n.is_empty()) {
            assert!(told.insert(name.to_owned(), dev).is_none(), "{name} stands twice");
        }
    }
    assert_eq!(told, dependencies(), "ARCHITECTURE.md's table (left) and Cargo.toml (right)");
}

/// Features that nobody asked for come in with a bare version.
#[test]
fn no_dependency_is_taken_with_any_version() {
    let cargo = toml_of("Cargo.toml");
    for (name, wanted) in cargo["dependencies"].as_table().unwrap() {
        let version =
            wanted.as_str().or_else(|| wanted.get("version").and_then(toml::Value::as_str));
        assert!(version.is_some_and(|v| v != "*"), "{name}");
    }
    let lints = &cargo["lints"]["rust"];
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"), "no unsafe code is ours");
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = |l: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&l);
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("MIT AND GPL-3.0", false),
        ("MIT/Apache-2.0", true),
        ("ISC AND (GPL-3.0 OR MIT)", true),
        ("GPL-3.0 OR MIT AND GPL-2.0", false),
        ("Apache-2.0 WITH LLVM-exception", true),
    ] {
        assert_eq!(satisfied(expression, &allowed), met, "{expression}");
    }
}
