//! Keys are data: `config/keymap.toml` and the user's own file beside the settings become a trie
//! of chords; a lookup turns what was pressed into a command. No key code is matched anywhere else.

mod chord;
mod condition;
mod convert;
mod map;
mod read;
mod trie;

pub use chord::{Chord, Key, NotAKey, sequence, spell};
pub use condition::{Condition, Context, Contexts, NotACondition};
pub use convert::{from_terminal, to_text_area};
pub use map::{Binding, KeyMap};
pub use read::{MapProblem, SHIPPED};
pub use trie::Found;

#[cfg(test)]
mod map_tests;
