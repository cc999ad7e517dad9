//! Takes the README's pictures: runs the real program in a pseudo-terminal, presses keys, and
//! writes what stands on the screen as SVG. `scripts/pictures` builds the program and runs this.

mod svg;
#[path = "../../tests/support/terminal.rs"]
mod terminal;

use std::path::{Path, PathBuf};

use terminal::Terminal;

/// One picture: what to press after the one before, what must then be on the screen, and the file;
/// without a file it only leads to the next.
struct Picture {
    keys: &'static str,
    shows: &'static str,
    file: Option<&'static str>,
}

const fn picture(keys: &'static str, shows: &'static str, file: &'static str) -> Picture {
    Picture { keys, shows, file: Some(file) }
}

const fn on_the_way(keys: &'static str, shows: &'static str) -> Picture {
    Picture { keys, shows, file: None }
}

/// A month is closed, as a person would do it.
const PICTURES: &[Picture] = &[
    picture("", "Tour", "tour.svg"),
    on_the_way("X", "What to do next"),
    on_the_way("4", "Organizations"),
    on_the_way("n", "Unmapped"),
    picture("m", "Enter", "picker.svg"),
    on_the_way("\u{1b}", "Organizations"),
    picture("6/amount>100 mapping:mapped\r", " of ", "invoices.svg"),
    on_the_way("\u{1b}", "lines"),
    on_the_way("7p", "a Carry out"),
    picture("", "Carry out", "plan.svg"),
    on_the_way("a", "Esc"),
    picture("\r", "Run 1:", "posted.svg"),
    on_the_way("r", "EUR"),
    picture("1", "posted", "dashboard.svg"),
    picture(":rec", "Reconcile", "palette.svg"),
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
    terminal.wait_for("What to do next")?;
    for picture in PICTURES {
        type_slowly(&mut terminal, picture.keys)?;
        terminal.wait_for(picture.shows)?;
        terminal.wait_until_still();
        if let Some(file) = picture.file {
            write(&folder.join(file), &svg::draw(terminal.screen()))?;
        }
    }
    type_slowly(&mut terminal, "\u{1b}\u{3}")
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
