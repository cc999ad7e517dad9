//! Everything that reads bytes from outside, on the stable toolchain: each known input, and inputs
//! made of them. `ADDENDUM_TEST_EXECUTIONS=N` makes the run longer, `ADDENDUM_TEST_SEED=N` another one.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails where it should")]

mod entries;
mod mutation;

use std::io::{Cursor, Read, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use entries::{ENTRIES, Entry};

/// For each entry, unless the environment says otherwise.
const EXECUTIONS: u64 = 400;

fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(usual)
}

fn corpus(name: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut all: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "{name} has no known input");
    all
}

#[track_caller]
fn survives(name: &str, entry: Entry, bytes: &[u8], what: &str) {
    if catch_unwind(|| entry(bytes)).is_err() {
        let file = std::env::temp_dir().join(format!("addendum-{name}-{:016x}", fastrand::u64(..)));
        std::fs::write(&file, bytes).unwrap();
        panic!(
            "{name} fails on {what}: the input is in {}; keep it in fuzz/corpus/{name}",
            file.display()
        );
    }
}

/// A workbook with one of its parts changed: changed as it lies on the disk it is only a broken zip.
fn with_a_part_changed(input: &[u8], random: &mut fastrand::Rng) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(input)).ok()?;
    let chosen = random.usize(0..archive.len().max(1));
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).ok()?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).ok()?;
        if i == chosen {
            bytes = mutation::mutated(&bytes, b"<c t=\"s\"><v>99999999999</v></c>", random);
        }
        let name = part.name().ok()?.into_owned();
        out.start_file(name, options).ok()?;
        out.write_all(&bytes).ok()?;
    }
    Some(out.finish().ok()?.into_inner())
}

#[test]
fn every_known_input_is_survived() {
    for (name, entry) in ENTRIES {
        for (path, bytes) in corpus(name) {
            survives(name, entry, &bytes, &path.display().to_string());
        }
        survives(name, entry, b"", "nothing");
    }
}

/// Known inputs of which something is expected, so that the corpus is not all noise.
#[test]
fn some_known_inputs_are_good() {
    let first = |name: &str, file: &str| {
        corpus(name).into_iter().find(|(p, _)| p.ends_with(file)).unwrap().1
    };
    let text = |name, file| String::from_utf8(first(name, file)).unwrap();
    addendum::sandbox::read_conditions(&text("conditions", "all-operators")).unwrap();
    addendum::sandbox::Faults::parse(&text("sandbox_faults", "all.toml")).unwrap();
    addendum::worker::mapping_file::check("m", &first("mapping_file", "good.csv")).unwrap();
    for answer in ["appxite.json", "arrow.json", "pax8.json", "platform.jsonl", "sherweb.json"] {
        assert!(entries::feed_lines(&first("feed_answer", answer)) > 0, "{answer} has no lines");
    }
}

#[test]
fn inputs_made_of_known_ones_are_survived() {
    let executions = setting("ADDENDUM_TEST_EXECUTIONS", EXECUTIONS);
    let seed = setting("ADDENDUM_TEST_SEED", 20_261_126);
    // One line about each failure, not one for each of thousands of panics that are caught.
    let begun = std::time::Instant::now();
    std::thread::scope(|scope| {
        for (name, entry) in ENTRIES {
            scope.spawn(move || {
                let known = corpus(name);
                let mut random = fastrand::Rng::with_seed(seed ^ name.len() as u64);
                for n in 0..executions {
                    let (path, input) = &known[random.usize(0..known.len())];
                    let other = &known[random.usize(0..known.len())].1;
                    let changed = (name == "canonical_workbook" && random.bool())
                        .then(|| with_a_part_changed(input, &mut random))
                        .flatten();
                    let bytes =
                        changed.unwrap_or_else(|| mutation::mutated(input, other, &mut random));
                    let what = format!("execution {n} of seed {seed}, from {}", path.display());
                    survives(name, entry, &bytes, &what);
                }
            });
        }
    });
    let all = executions * ENTRIES.len() as u64;
    println!("{all} executions in {:.1} s", begun.elapsed().as_secs_f64());
}

/// `fuzz/` is a package of its own that is built by hand only: what its targets share with these tests
/// must get along with what that package has.
#[test]
fn the_entries_need_no_crate_that_the_fuzz_package_lacks() {
    let package = include_str!("../../fuzz/Cargo.toml");
    let (_, dependencies) = package.split_once("[dependencies]").unwrap();
    let names = dependencies.lines().skip(1).take_while(|line| !line.is_empty());
    let mut known: Vec<String> =
        names.filter_map(|line| Some(line.split_once(" =")?.0.replace('-', "_"))).collect();
    assert!(known.iter().any(|name| name == "addendum"), "{known:?}");
    known.extend(["std", "super", "crate", "self", "usize", "feed"].map(str::to_owned));
    for source in [include_str!("entries.rs"), include_str!("feed.rs")] {
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let words =
            code.flat_map(|l| l.split(|c: char| !c.is_alphanumeric() && !"_:.".contains(c)));
        let roots = words.filter_map(|word| Some(word.split_once("::")?.0));
        let foreign: Vec<&str> = roots
            .filter(|root| {
                !root.contains('.') && root.starts_with(|c: char| c.is_ascii_lowercase())
            })
            .filter(|root| !known.iter().any(|name| name == root))
            .collect();
        assert_eq!(foreign, [""; 0], "fuzz/Cargo.toml has none of them");
    }
}
