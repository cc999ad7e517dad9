//! The themes there are: shipped ones and the user's.

use std::path::Path;

use crate::tui::view::theme::{Depth, SHIPPED, Theme};

/// All themes, and which is worn.
#[derive(Debug, Clone)]
pub struct Wardrobe {
    themes: Vec<Theme>,
    worn: usize,
    /// What is wrong in the user's files.
    pub problems: Vec<String>,
}

/// A theme file may have this many bytes; more is no theme.
const LONGEST: u64 = 64 * 1024;

impl Wardrobe {
    /// Shipped themes, and those in `themes/` of the settings' folder; one of the same name takes
    /// the shipped one's place.
    pub fn open(folder: Option<&Path>, depth: Depth) -> Self {
        let mut all = Self { themes: vec![], worn: 0, problems: vec![] };
        for text in SHIPPED {
            match Theme::read(text, depth) {
                Ok(theme) => all.themes.push(theme),
                Err(problem) => all.problems.push(problem),
            }
        }
        let Some(entries) = folder.and_then(|f| std::fs::read_dir(f.join("themes")).ok()) else {
            return all;
        };
        let mut files: Vec<_> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
        files.sort();
        for path in files.iter().filter(|p| p.extension().is_some_and(|x| x == "toml")) {
            let small = std::fs::metadata(path).is_ok_and(|m| m.len() <= LONGEST);
            let read = if small {
                std::fs::read_to_string(path)
                    .map_err(|e| e.to_string())
                    .and_then(|text| Theme::read(&text, depth))
            } else {
                Err("it cannot be read, or is too long for a theme".to_owned())
            };
            match read {
                Ok(theme) => match all.themes.iter_mut().find(|t| t.name == theme.name) {
                    Some(old) => *old = theme,
                    None => all.themes.push(theme),
                },
                Err(problem) => all.problems.push(format!("theme {}: {problem}", path.display())),
            }
        }
        all
    }

    /// Wears the theme of that name; an unknown name changes nothing.
    pub fn wear(&mut self, name: &str) {
        if let Some(at) = self.themes.iter().position(|t| t.name == name) {
            self.worn = at;
        }
    }

    /// What is worn.
    pub fn worn(&self) -> Theme {
        self.themes[self.worn].clone()
    }

    /// Wears the next one.
    pub fn wear_next(&mut self) -> Theme {
        self.worn = (self.worn + 1) % self.themes.len();
        self.worn()
    }
}
