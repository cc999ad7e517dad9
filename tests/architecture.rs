//! The walls of the house: which room may import which, where binary floats are forbidden, and how
//! long a file may be. ARCHITECTURE.md says why; this test fails on a wrong arrow.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms and their floors. A room imports only rooms below it.
const FLOORS: [(&str, u8); 13] = [
    ("domain", 1),
    ("config", 1),
    ("connectwise", 2),
    ("sources", 2),
    ("store", 2),
    ("matching", 2),
    ("vault", 2),
    ("flows", 3),
    ("sync", 3),
    ("worker", 4),
    ("cli", 5),
    ("tui", 5),
    ("sandbox", SIDE),
];

/// The sandbox stands beside the house: it knows the nouns and nothing else, and only the faces
/// and the binary know it.
const SIDE: u8 = u8::MAX;

/// Settings are values of the domain, so this one arrow stays on its floor.
const WITHIN_A_FLOOR: [(&str, &str); 1] = [("config", "domain")];

/// Rooms through which money and decisions on money go.
const WITHOUT_FLOATS: [&str; 4] = ["domain", "connectwise", "sync", "flows"];

const LONGEST_FILE: usize = 500;

#[test]
fn rooms_import_only_rooms_below() {
    let mut wrong = Vec::new();
    let mut arrows = 0;
    for file in rust_files(&root().join("src")) {
        let Some(room) = room_of(&file) else { continue };
        let text = code(&fs::read_to_string(&file).expect("a source file is readable"));
        for (line, other) in arrows_of(&text, depth_of(&file)) {
            if other == room || floor(&other).is_none() {
                continue;
            }
            arrows += 1;
            if !allowed(&room, &other) {
                wrong.push(format!("{}:{line}: {room} imports {other}", told(&file)));
            }
        }
    }
    assert!(arrows > 100, "the walls are not looked at: {arrows} arrows found");
    assert!(wrong.is_empty(), "wrong arrows:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_has_its_floor() {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("lib.rs is readable");
    for room in text.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')) {
        assert!(floor(room).is_some(), "src/{room} stands on no floor: name it in this test");
    }
}

#[test]
fn money_never_meets_a_binary_float() {
    let mut wrong = Vec::new();
    for room in WITHOUT_FLOATS {
        for file in rust_files(&root().join("src").join(room)) {
            let text = code(&fs::read_to_string(&file).expect("a source file is readable"));
            for (n, line) in text.lines().enumerate() {
                if names_a_float(line) {
                    wrong.push(format!("{}:{}: {}", told(&file), n + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "binary floats:\n{}", wrong.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let mut wrong = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for file in rust_files(&root().join(folder)) {
            let text = fs::read_to_string(&file).expect("a source file is readable");
            let lines = text.lines().count();
            if lines > LONGEST_FILE {
                wrong.push(format!("{}: {lines} lines", told(&file)));
            }
        }
    }
    assert!(wrong.is_empty(), "longer than {LONGEST_FILE} lines:\n{}", wrong.join("\n"));
}

#[test]
fn this_test_sees_what_it_looks_for() {
    let found = |text: &str, depth| -> Vec<String> {
        arrows_of(&code(text), depth).into_iter().map(|(_, room)| room).collect()
    };
    assert_eq!(found("use crate::store::Store;", 2), ["store"]);
    assert_eq!(
        found("use crate::{domain::line, sync::{a, b}, self};", 2),
        ["domain", "sync", "self"]
    );
    assert_eq!(found("let x = crate::vault::open();", 2), ["vault"]);
    assert_eq!(found("pub(crate) fn f() {}", 2), [""; 0]);
    assert_eq!(found("use super::super::cli::run;", 2), ["cli"]);
    assert_eq!(found("use super::cli::run;", 2), [""; 0]);
    assert_eq!(
        found("// crate::store\n/// [`crate::store`]\nlet a = \"crate::store\";", 2),
        [""; 0]
    );
    assert!(
        allowed("sync", "connectwise") && allowed("vault", "config") && allowed("cli", "sandbox")
    );
    assert!(!allowed("store", "sources") && !allowed("domain", "store") && !allowed("tui", "cli"));
    assert!(!allowed("sandbox", "config") && !allowed("worker", "sandbox"));
    assert!(names_a_float("let a: f64 = b;") && names_a_float("n.as_f64()"));
    assert!(!names_a_float("let f64th = 1;") && !names_a_float("0xf641"));
}

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(r, _)| *r == room).map(|(_, f)| *f)
}

fn allowed(room: &str, other: &str) -> bool {
    match (floor(room), floor(other)) {
        (Some(SIDE), _) => other == "domain",
        (Some(of), Some(SIDE)) => of >= 5,
        (Some(of), Some(below)) => of > below || WITHIN_A_FLOOR.contains(&(room, other)),
        _ => false,
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn told(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The parts of the path below `src`, without the extension.
fn parts(file: &Path) -> Vec<String> {
    let below = file.strip_prefix(root().join("src")).unwrap_or(file).with_extension("");
    below.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect()
}

fn room_of(file: &Path) -> Option<String> {
    let parts = parts(file);
    floor(&parts[0]).map(|_| parts[0].clone())
}

/// How many `super` lead from the file's module to the crate.
fn depth_of(file: &Path) -> usize {
    let parts = parts(file);
    parts.len() - usize::from(parts.last().is_some_and(|p| p == "mod"))
}

/// The text without comments and string contents, line by line.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let mut in_string = false;
        let mut before = ' ';
        let mut chars = line.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' if in_string => {
                    chars.next();
                    before = ' ';
                    continue;
                }
                // A quote as a character is no string.
                '"' if before != '\'' => in_string = !in_string,
                '/' if !in_string && chars.peek() == Some(&'/') => break,
                c if !in_string => out.push(c),
                _ => {}
            }
            before = c;
        }
        out.push('\n');
    }
    out
}

/// The first names of all paths that start at the crate, with their line numbers. In a file whose
/// module lies `depth` below the crate, so many `super` lead there too.
fn arrows_of(code: &str, depth: usize) -> Vec<(usize, String)> {
    let up = "super::".repeat(depth);
    let mut starts: Vec<usize> = Vec::new();
    for prefix in ["crate::", up.as_str()] {
        for (at, _) in code.match_indices(prefix) {
            let inside =
                code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if !prefix.is_empty() && !inside {
                starts.push(at + prefix.len());
            }
        }
    }
    let mut found = Vec::new();
    for at in starts {
        let line = code[..at].lines().count();
        let rest = &code[at..];
        if let Some(group) = rest.strip_prefix('{') {
            for name in top_names(group) {
                found.push((line, name));
            }
        } else {
            found.push((line, first_name(rest)));
        }
    }
    found.retain(|(_, name)| name != "super" && !name.is_empty());
    found
}

fn first_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names in `a::b, c::{d, e}, f}`.
fn top_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut depth = 0usize;
    let mut begins = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            c if begins && depth == 0 && !c.is_whitespace() => {
                names.push(first_name(&group[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn names_a_float(line: &str) -> bool {
    ["f32", "f64"].iter().any(|float| {
        line.match_indices(float).any(|(at, _)| {
            !line[..at].ends_with(char::is_alphanumeric)
                && !line[at + 3..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
        })
    })
}
