//! What the terminal can do, as far as the environment tells.

use crate::tui::view::theme::Depth;

/// What the terminal can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// How many colours.
    pub depth: Depth,
    /// Only ASCII is drawn.
    pub ascii: bool,
    /// The link is slow: no mouse, fewer frames.
    pub remote: bool,
}

/// Looks at the environment.
pub fn detect(no_color: bool, ascii: bool) -> Caps {
    from(no_color, ascii, &|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
}

fn from(no_color: bool, ascii: bool, var: &dyn Fn(&str) -> Option<String>) -> Caps {
    let term = var("TERM").unwrap_or_default();
    let depth = if no_color || var("NO_COLOR").is_some() || term == "dumb" {
        Depth::None
    } else if var("COLORTERM").is_some_and(|c| c == "truecolor" || c == "24bit") {
        Depth::True
    } else if term.contains("256color") || cfg!(windows) {
        Depth::Indexed
    } else {
        Depth::Sixteen
    };
    // The first of these that is set decides, as for every program.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(var);
    let utf8 = cfg!(windows)
        || cfg!(target_os = "macos")
        || locale.is_some_and(|l| {
            let l = l.to_lowercase();
            l.contains("utf-8") || l.contains("utf8")
        });
    Caps {
        depth,
        ascii: ascii || !utf8 || var("ADDENDUM_ASCII").is_some(),
        remote: var("SSH_CONNECTION").is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(vars: &[(&str, &str)]) -> Caps {
        from(false, false, &|name| {
            vars.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn the_environment_decides() {
        assert_eq!(caps(&[("TERM", "xterm")]).depth, Depth::Sixteen);
        assert_eq!(caps(&[("TERM", "xterm-256color")]).depth, Depth::Indexed);
        assert_eq!(caps(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).depth, Depth::True);
        assert_eq!(caps(&[("COLORTERM", "truecolor"), ("NO_COLOR", "1")]).depth, Depth::None);
        assert_eq!(caps(&[("TERM", "dumb")]).depth, Depth::None);
        assert!(!caps(&[("LANG", "en_US.UTF-8")]).ascii);
        assert!(caps(&[("LANG", "en_US.UTF-8"), ("ADDENDUM_ASCII", "1")]).ascii);
        assert!(caps(&[("SSH_CONNECTION", "x")]).remote);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_locale_without_utf_8_gets_ascii() {
        assert!(caps(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")]).ascii);
        assert!(caps(&[]).ascii);
    }
}
