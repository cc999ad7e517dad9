//! Keys at the edges: from the terminal's events to [`Chord`], and from [`Chord`] to the text-area
//! widget's input. No other file knows foreign key codes.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use ratatui_textarea::{Input, Key as AreaKey};

use super::chord::{Chord, Key};

/// The chord of a terminal event. Releases and keys that Addendum does not tell apart give `None`:
/// Windows sends a release for every press.
pub fn from_terminal(event: KeyEvent) -> Option<Chord> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let mut shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let key = match event.code {
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::F(n) => Key::F(n),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => {
            shift = true;
            Key::Tab
        }
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Insert => Key::Insert,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        _ => return None,
    };
    let chord = Chord {
        key,
        ctrl: event.modifiers.contains(KeyModifiers::CONTROL),
        alt: event.modifiers.contains(KeyModifiers::ALT),
        shift,
    };
    Some(chord.normal())
}

/// The text-area widget's input for a chord; `None` for keys that mean nothing in a text.
pub fn to_text_area(chord: Chord) -> Option<Input> {
    let key = match chord.key {
        Key::Char(c) => AreaKey::Char(c),
        Key::Backspace => AreaKey::Backspace,
        Key::Delete => AreaKey::Delete,
        Key::Home => AreaKey::Home,
        Key::End => AreaKey::End,
        Key::Left => AreaKey::Left,
        Key::Right => AreaKey::Right,
        Key::F(_)
        | Key::Enter
        | Key::Esc
        | Key::Tab
        | Key::Insert
        | Key::PageUp
        | Key::PageDown
        | Key::Up
        | Key::Down => return None,
    };
    // The widget makes a new line of Ctrl-M and moves by lines with Ctrl-N and Ctrl-P; our fields
    // have one line.
    if chord.ctrl && matches!(chord.key, Key::Char('m' | 'n' | 'p' | 'v')) {
        return None;
    }
    Some(Input { key, ctrl: chord.ctrl, alt: chord.alt, shift: chord.shift })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presses_become_chords_and_releases_nothing() {
        let press = |code, modifiers| from_terminal(KeyEvent::new(code, modifiers));
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Chord::char('G')));
        assert_eq!(press(KeyCode::Char('p'), KeyModifiers::CONTROL), Some(Chord::ctrl('p')));
        assert_eq!(
            press(KeyCode::BackTab, KeyModifiers::SHIFT),
            Some(Chord { shift: true, ..Chord::of(Key::Tab) })
        );
        let mut release = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE);
        release.kind = KeyEventKind::Release;
        assert_eq!(from_terminal(release), None);
    }
}
