//! `addendum man`: manual pages, generated from the arguments themselves.

use std::path::PathBuf;

use clap::CommandFactory;
use serde::Serialize;

use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};

/// Arguments of `man`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Write one page per command into this folder instead of the main page to standard output
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

#[derive(Serialize)]
struct Page {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roff: Option<String>,
}

/// Prints the main page, or writes all of them.
pub fn run(args: &Args, output: Output) -> Result<Answer, Failure> {
    let mut root = super::Cli::command();
    root.build();
    let mut pages = Vec::new();
    if args.out.is_some() || output.json {
        collect(&root, "addendum", &mut pages)?;
    } else {
        output.bytes(&render(&root, "addendum")?);
    }
    let Some(folder) = &args.out else {
        let pages: Vec<Page> = pages
            .into_iter()
            .map(|(name, roff)| Page {
                name,
                file: None,
                roff: Some(String::from_utf8_lossy(&roff).into_owned()),
            })
            .collect();
        return Answer::new("man", &serde_json::json!({ "pages": pages }), String::new());
    };
    std::fs::create_dir_all(folder).map_err(|e| Failure::file(folder, "create", &e))?;
    let mut written = Vec::new();
    for (name, roff) in pages {
        let file = folder.join(format!("{name}.1"));
        std::fs::write(&file, roff).map_err(|e| Failure::file(&file, "write", &e))?;
        written.push(Page { name, file: Some(file.display().to_string()), roff: None });
    }
    let text = format!("{} manual pages in {}", written.len(), folder.display());
    Answer::new("man", &serde_json::json!({ "pages": written }), text)
}

fn render(command: &clap::Command, name: &str) -> Result<Vec<u8>, Failure> {
    let mut roff = Vec::new();
    clap_mangen::Man::new(command.clone().display_name(name.to_owned()))
        .title(name.to_uppercase())
        .render(&mut roff)
        .map_err(|e| fault(format!("cannot write the manual page: {e}")))?;
    Ok(roff)
}

fn collect(
    command: &clap::Command,
    name: &str,
    pages: &mut Vec<(String, Vec<u8>)>,
) -> Result<(), Failure> {
    pages.push((name.to_owned(), render(command, name)?));
    for sub in command.get_subcommands().filter(|s| s.get_name() != "help" && !s.is_hide_set()) {
        collect(sub, &format!("{name}-{}", sub.get_name()), pages)?;
    }
    Ok(())
}
