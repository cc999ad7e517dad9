//! Somebody in front of the screen, who knows no key but those that the screen names.

use crate::support::Home;
use crate::terminal::Terminal;

/// A usual size.
pub const USUAL: (u16, u16) = (120, 36);
/// The arrow keys.
const UP: &str = "\u{1b}[A";
const DOWN: &str = "\u{1b}[B";
/// Keys that are spelled with more than one character, as far as somebody follows them here.
const SPELLED: [&str; 2] = ["Enter", "Ctrl-S"];
/// What ends a frame.
const FRAME: &[u8] = b"\x1b[?2026l";

/// Somebody at a terminal.
pub struct Person {
    pub terminal: Terminal,
}

impl Person {
    /// Opens the app of this home.
    #[track_caller]
    pub fn opens(home: &Home) -> Self {
        Self::opens_with(home, &[], &[], USUAL)
    }

    /// The same with arguments and environment, on a terminal of another size.
    #[track_caller]
    pub fn opens_with(home: &Home, args: &[&str], env: &[(&str, &str)], size: (u16, u16)) -> Self {
        let plain = home.command(args);
        let text = |s: &std::ffi::OsStr| s.to_string_lossy().into_owned();
        let mut all: Vec<(String, Option<String>)> =
            plain.get_envs().map(|(name, value)| (text(name), value.map(text))).collect();
        all.extend(env.iter().map(|(name, value)| ((*name).into(), Some((*value).into()))));
        let program = std::path::Path::new(plain.get_program());
        let terminal = Terminal::start(program, args, &all, home.path(), size).unwrap();
        Self { terminal }
    }

    /// Presses keys.
    #[track_caller]
    pub fn presses(&mut self, keys: &str) {
        self.terminal.press(keys).unwrap();
    }

    /// Changes the window's size.
    #[track_caller]
    pub fn resizes(&mut self, columns: u16, rows: u16) {
        self.terminal.resize(columns, rows).unwrap();
    }

    /// Reads until the text stands there.
    #[track_caller]
    pub fn sees(&mut self, text: &str) {
        self.terminal.wait_for(text).unwrap_or_else(|e| panic!("{e}"));
    }

    /// Reads until the text is gone.
    #[track_caller]
    pub fn sees_no_more(&mut self, text: &str) {
        let gone = |t: &Terminal| !t.screen().contents().contains(text);
        self.terminal.wait(&format!("no {text:?}"), gone).unwrap_or_else(|e| panic!("{e}"));
    }

    /// Closes the dialog with this title. The escape byte is followed by nothing until it has done
    /// its work: with a key right behind it, it would be read as Alt.
    #[track_caller]
    pub fn closes(&mut self, title: &str) {
        self.presses("\u{1b}");
        self.sees_no_more(title);
    }

    /// Waits until something holds of the screen.
    #[track_caller]
    pub fn waits(&mut self, what: &str, holds: impl FnMut(&Terminal) -> bool) {
        self.terminal.wait(what, holds).unwrap_or_else(|e| panic!("{e}"));
    }

    /// The text on the screen.
    pub fn screen(&self) -> String {
        self.terminal.screen().contents()
    }

    /// The screen's lines.
    fn lines(terminal: &Terminal) -> Vec<String> {
        let columns = terminal.screen().size().1.get();
        terminal.screen().rows(0, columns).collect()
    }

    /// Presses the key that the screen names for this: the bottom line, or the dialog in front.
    #[track_caller]
    pub fn follows(&mut self, title: &str) {
        let mut keys = None;
        self.waits(&format!("a key for {title:?}"), |t| {
            let lines = Self::lines(t);
            keys = lines
                .iter()
                .rev()
                .flat_map(|line| line.split("  ").flat_map(|part| part.split('│')))
                .filter_map(|hint| hint.trim().strip_suffix(title)?.strip_suffix(' '))
                .find(|keys| keys.chars().count() == 1 || SPELLED.contains(keys))
                .map(str::to_owned);
            keys.is_some()
        });
        self.presses(&bytes(&keys.unwrap()));
    }

    /// Opens a tab by the number that the top line gives it.
    #[track_caller]
    pub fn goes_to_tab(&mut self, title: &str) {
        let first = Self::lines(&self.terminal).swap_remove(0);
        let words: Vec<&str> = first.split_whitespace().collect();
        let number = words
            .windows(2)
            .find(|w| title.starts_with(w[1]) && w[0].parse::<u8>().is_ok())
            .unwrap_or_else(|| panic!("no tab {title} in {first:?}"))[0]
            .to_owned();
        self.presses(&number);
    }

    /// The line that the cursor is on.
    fn cursor_line(terminal: &Terminal) -> String {
        let row = usize::from(terminal.screen().cursor_position().0);
        Self::lines(terminal).into_iter().nth(row).unwrap_or_default()
    }

    /// Waits until the cursor is on a line with this text.
    #[track_caller]
    pub fn is_on(&mut self, text: &str) {
        self.waits(&format!("the cursor on {text:?}"), |t| Self::cursor_line(t).contains(text));
    }

    /// Moves the cursor to a line with this text: up where it is seen above, else down.
    #[track_caller]
    pub fn goes_to(&mut self, text: &str) {
        for _ in 0..100 {
            let here = Self::cursor_line(&self.terminal);
            if here.contains(text) {
                return;
            }
            let row = usize::from(self.terminal.screen().cursor_position().0);
            let up = Self::lines(&self.terminal)[..row].iter().any(|l| l.contains(text));
            self.presses(if up { UP } else { DOWN });
            self.waits("the cursor in another line", |t| Self::cursor_line(t) != here);
        }
        panic!("no {text:?} to go to:\n{}", self.screen());
    }

    /// Waits until everything that was pressed has been answered: Ctrl-L paints the screen anew,
    /// and keys are taken in order.
    #[track_caller]
    pub fn has_been_heard(&mut self) {
        let from = self.terminal.raw().len();
        self.presses("\u{c}");
        self.waits("a whole frame", |t| {
            let new = &t.raw()[from..];
            position(new, b"\x1b[2J").is_some_and(|at| position(&new[at..], FRAME).is_some())
        });
    }

    /// Quits, and looks whether the terminal is as it was.
    #[track_caller]
    pub fn quits(mut self) {
        self.presses("\u{3}");
        let status = self.terminal.wait_for_end().unwrap();
        assert!(status.success(), "{status}");
        assert_restored(&self.terminal);
    }
}

/// The bytes of a key that the screen spells so.
fn bytes(key: &str) -> String {
    match (key, key.strip_prefix("Ctrl-").and_then(|k| k.bytes().next())) {
        ("Enter", _) => "\r".into(),
        (_, Some(letter)) => char::from(letter & 0x1f).into(),
        _ => key.into(),
    }
}

/// The first place of some bytes.
pub fn position(all: &[u8], some: &[u8]) -> Option<usize> {
    all.windows(some.len()).position(|w| w == some)
}

fn last_position(all: &[u8], some: &[u8]) -> Option<usize> {
    all.windows(some.len()).rposition(|w| w == some)
}

/// The terminal is as it was before the program: what it turned on last it turned off after that.
#[track_caller]
pub fn assert_restored(terminal: &Terminal) {
    let raw = terminal.raw();
    let tail = String::from_utf8_lossy(&raw[raw.len().saturating_sub(300)..]).into_owned();
    for (what, on, off) in [
        ("the alternate screen", "\x1b[?1049h", "\x1b[?1049l"),
        ("bracketed paste", "\x1b[?2004h", "\x1b[?2004l"),
        ("the mouse", "\x1b[?1000h", "\x1b[?1000l"),
        ("the mouse's movements", "\x1b[?1003h", "\x1b[?1003l"),
        ("a frame", "\x1b[?2026h", "\x1b[?2026l"),
        ("the hidden cursor", "\x1b[?25l", "\x1b[?25h"),
    ] {
        let (on, off) = (last_position(raw, on.as_bytes()), last_position(raw, off.as_bytes()));
        assert!(off > on || on.is_none(), "{what} was left on: {tail:?}");
    }
    assert!(last_position(raw, b"\x1b[?1049h").is_some(), "it never had a screen: {tail:?}");
    assert!(!terminal.screen().alternate_screen() && !terminal.screen().hide_cursor());
    assert_ne!(terminal.has_its_modes_back(), Some(false), "the terminal is still raw");
    let after = last_position(raw, b"\x1b[?1049l").map_or(&[][..], |at| &raw[at..]);
    assert!(
        !String::from_utf8_lossy(after).contains("panicked"),
        "{}",
        String::from_utf8_lossy(after)
    );
}
