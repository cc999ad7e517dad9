//! Takes the README's pictures: runs the real program in a pseudo-terminal, presses keys, and
//! writes what stands on the screen as SVG. `scripts/pictures` builds the program and runs this.

mod svg;
#[path = "../../tests/support/terminal.rs"]
mod terminal;

use std::path::{Path, PathBuf};

use terminal::Terminal;

/// One picture: what to press after the one before, what must then be on the screen, and the file.
struct Picture {
    keys: &'static str,
    shows: &'static str,
    file: &'static str,
}

/// The tabs by their keys, as the tour would show them.
const PICTURES: &[Picture] = &[
    Picture { keys: "1", shows: "Dashboard", file: "dashboard.svg" },
    Picture { keys: "4", shows: "Organizations", file: "organizations.svg" },
    Picture { keys: "6", shows: "Invoices", file: "invoices.svg" },
    Picture { keys: "7", shows: "Sync", file: "sync.svg" },
    Picture { keys: ":", shows: "", file: "palette.svg" },
    Picture { keys: "\u{1b}8", shows: "Logs", file: "logs.svg" },
];

/// Size of the terminal.
const SIZE: (u16, u16) = (110, 32);

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(program), Some(folder)) = (args.next(), args.next()) else {
        anyhow::bail!("usage: pictures PROGRAM FOLDER");
    };
    std::fs::create_dir_all(&folder)?;
    let program = program.canonicalize()?;
    let env = [("ADDENDUM_HOME".to_owned(), None)];
    let here = std::env::current_dir()?;
    let mut terminal = Terminal::start(&program, &["demo", "--lines", "600"], &env, &here, SIZE)?;
    terminal.wait_for("Dashboard")?;
    // The guided tour is for people: one key ends it.
    type_slowly(&mut terminal, "\u{1b}")?;
    for picture in PICTURES {
        type_slowly(&mut terminal, picture.keys)?;
        terminal.wait_for(picture.shows)?;
        terminal.wait_until_still();
        write(&folder.join(picture.file), &svg::draw(terminal.screen()))?;
    }
    type_slowly(&mut terminal, "\u{1b}q")
}

/// An escape byte and the key right behind it would be read as one key with Alt.
fn type_slowly(terminal: &mut Terminal, keys: &str) -> anyhow::Result<()> {
    for part in keys.split_inclusive('\u{1b}') {
        terminal.press(part)?;
        terminal.wait_until_still();
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text)?;
    println!("{}", file.display());
    Ok(())
}
