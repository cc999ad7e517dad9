//! The command line: one file a command, text and JSON output (design 7).
//!
//! Every command gives an [`shell::output::Answer`] or a [`shell::failure::Failure`]; only this
//! file prints them, so that with `--json` there is exactly one document on standard output.

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub mod shell;

mod approve;
mod audit;
mod completions;
mod credentials;
mod daemon;
mod delete_integration;
mod demo;
mod home;
mod jobs;
mod load;
mod logs;
mod man;
mod map;
mod map_set;
mod match_names;
mod money;
mod plan;
mod plan_rows;
mod pull;
mod reconcile;
mod retry;
mod run_text;
mod sandbox;
mod screen;
mod source;
mod status;
mod sync;
mod undo;
mod unload;
mod verify;

pub use screen::{Opening, Screen};
use shell::exit::Exit;
use shell::failure::Failure;
use shell::output::{Answer, Output, wants_colour};

/// Puts a cloud marketplace's invoice lines on ConnectWise PSA agreements, each exactly once, to
/// the cent.
///
/// Without a command the terminal app opens. Exit codes: 0 done; 1 a fault of ours or of the
/// machine; 2 wrong usage or a refused input file; 3 done, but some lines failed, the equation is
/// open, or an undo had to leave something; 4 not set up; 5 refused by the PSA; 6 another run
/// holds the profile; 7 what a plan rests on has changed.
#[derive(Debug, Clone, Parser)]
#[command(name = "addendum", version, max_term_width = 100)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command; none opens the terminal app.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// What holds for every command.
#[derive(Debug, Clone, clap::Args)]
pub struct Global {
    /// One profile is one ConnectWise company and its billing source
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        env = "ADDENDUM_PROFILE",
        default_value = "default",
        help_heading = "Everywhere"
    )]
    pub profile: String,
    /// One JSON document on standard output; progress as JSON Lines on standard error
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// Opens the terminal app with the guided tour (`addendum demo` does)
    #[arg(long, hide = true)]
    pub tour: bool,
    /// No colours (as NO_COLOR)
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub no_color: bool,
    /// Nothing but ASCII characters in the terminal app (as ADDENDUM_ASCII=1)
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub ascii: bool,
    /// Nothing but the answer: no progress, no hints
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// What goes on inside, on standard error; twice for more
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Everywhere")]
    pub verbose: u8,
    /// Settings, store and logs below this folder instead of the platform's
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "ADDENDUM_HOME",
        help_heading = "Everywhere"
    )]
    pub home: Option<std::path::PathBuf>,
}

impl Global {
    /// How answers leave the program.
    pub fn output(&self) -> Output {
        Output {
            json: self.json,
            quiet: self.quiet,
            colour: !self.json && wants_colour(self.no_color),
        }
    }
}

/// The commands of design 7.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// A sandbox with sample data in a throw-away home, and a month-end on it
    Demo(demo::Args),
    /// A ConnectWise and a billing Platform to play with, on loopback
    Sandbox(sandbox::Args),
    /// The ConnectWise keys: set, test, show, delete
    #[command(subcommand)]
    Credentials(credentials::Args),
    /// Every permission in one pass: what is there, what is missing, how to grant it
    Verify,
    /// Refresh the local copy of PSA records
    Pull(pull::Args),
    /// Load invoice lines
    Load(load::Args),
    /// Drop loaded lines that are not posted: a month, or some of its invoices
    Unload(unload::Args),
    /// The billing source: what it is going to bill
    #[command(subcommand)]
    Source(source::Args),
    /// Mappings: organizations to companies, offers to products, contracts to agreements
    #[command(subcommand)]
    Map(map::Args),
    /// What matching would say about lists of one's own
    Match(match_names::Args),
    /// What a sync would do; nothing is written to the PSA
    Plan(plan::Args),
    /// Approve a plan that another system user made (billing.approval = "two-person")
    Approve(approve::Args),
    /// Put the lines on their agreements
    Sync(sync::Args),
    /// Failed items again, each from its present values
    Retry(retry::Args),
    /// Read back, prove the equation, list what is missing, doubled or drifted
    Reconcile(reconcile::Args),
    /// Take a run back: only what the PSA has not invoiced and nobody edited
    Undo(undo::Args),
    /// Last times, counts and money by status, what blocks
    Status(status::Args),
    /// The System Logs, kept 30 days
    Logs(logs::Args),
    /// Who did what: check the journal, export it
    #[command(subcommand)]
    Audit(audit::Args),
    /// The schedule without a terminal: daily sync at 00:00 UTC
    Daemon(daemon::Args),
    /// Forget a profile: credentials, mappings, cache and history; nothing is deleted in the PSA
    DeleteIntegration(delete_integration::Args),
    /// Shell completions, for packagers
    Completions(completions::Args),
    /// Manual pages, for packagers
    Man(man::Args),
}

impl Command {
    /// The word of design 7, as it stands in `"schema": "addendum/<word>/1"`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Demo(_) => "demo",
            Self::Sandbox(_) => "sandbox",
            Self::Credentials(_) => "credentials",
            Self::Verify => "verify",
            Self::Pull(_) => "pull",
            Self::Load(_) => "load",
            Self::Unload(_) => "unload",
            Self::Source(_) => "source",
            Self::Map(_) => "map",
            Self::Match(_) => "match",
            Self::Plan(_) => "plan",
            Self::Approve(_) => "approve",
            Self::Sync(_) => "sync",
            Self::Retry(_) => "retry",
            Self::Reconcile(_) => "reconcile",
            Self::Undo(_) => "undo",
            Self::Status(_) => "status",
            Self::Logs(_) => "logs",
            Self::Audit(_) => "audit",
            Self::Daemon(_) => "daemon",
            Self::DeleteIntegration(_) => "delete-integration",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
        }
    }

    /// Whether the command works on a profile's home, and so has a program log there.
    fn has_home(&self) -> bool {
        !matches!(
            self,
            Self::Demo(_) | Self::Sandbox(_) | Self::Match(_) | Self::Completions(_) | Self::Man(_)
        )
    }
}

/// Reads the arguments. Help, version and mistakes are printed here; the exit code is then all
/// that is left to do.
///
/// # Errors
/// The exit code, when there is no command to run.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Exit> {
    let args: Vec<OsString> = args.into_iter().collect();
    let json = args.iter().take_while(|a| *a != "--").any(|a| a == "--json");
    let parsed = Cli::command()
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let parsed = parsed.map(|mut cli| {
        // An empty variable is an absent one.
        if cli.global.profile.is_empty() {
            cli.global.profile = "default".into();
        }
        cli.global.home = cli.global.home.filter(|h| !h.as_os_str().is_empty());
        cli
    });
    parsed.map_err(|e| {
        if !e.use_stderr() {
            // Help and version; a reader that went away is no fault.
            let _ = e.print();
            return Exit::Done;
        }
        if json {
            let output = Output { json, quiet: true, colour: false };
            let text = e.render().to_string();
            let text = text.trim().strip_prefix("error: ").unwrap_or(text.trim());
            let message = text.split("\n\n").next().unwrap_or(text);
            return output.failure(&Failure::usage(message, "run the command with --help"));
        }
        let text = e.render().to_string();
        match crate::domain::text::harmless_lines(&text) {
            // Only then it may be shown as clap paints it.
            std::borrow::Cow::Borrowed(_) => drop(e.print()),
            std::borrow::Cow::Owned(safe) => shell::output::note(safe.trim_end()),
        }
        Exit::Refused
    })
}

/// Threads of the runtime at most. What computes has threads of its own, and each thread keeps
/// memory of the allocator's for itself.
const THREADS: usize = 4;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.clamp(2, THREADS))
        .enable_all()
        .build()
}

/// Runs a command to its end and prints what it gives. Needs no runtime; makes its own. `screen`
/// opens the terminal app where no command is given.
pub fn run(cli: &Cli, screen: Screen) -> Exit {
    let output = cli.global.output();
    let _log = shell::log_file::start(log_path(cli).as_deref(), cli.global.verbose);
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        profile = cli.global.profile,
        command = cli.command.as_ref().map_or("screen", Command::word),
        "begin"
    );
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(e) => return output.failure(&shell::output::fault(format!("cannot start: {e}"))),
    };
    let result = shell::panics::caught(|| runtime.block_on(dispatch(cli, output, screen)));
    // Blocking reads (standard input, a lost file server) must not hold the exit.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    let exit = match result {
        Ok(answer) => output.answer(&answer),
        Err(failure) => {
            tracing::warn!(code = ?failure.exit(), "{}", failure.text());
            output.failure(&failure)
        }
    };
    tracing::info!(exit = exit as u8, "end");
    exit
}

/// Where the program log of this command goes, if it has one and the platform has a folder for it.
fn log_path(cli: &Cli) -> Option<std::path::PathBuf> {
    if cli.command.as_ref().is_some_and(|c| !c.has_home()) {
        return None;
    }
    crate::config::Paths::find(cli.global.home.as_deref(), &cli.global.profile).ok().map(|p| p.log)
}

async fn dispatch(cli: &Cli, output: Output, screen: Screen) -> Result<Answer, Failure> {
    let global = &cli.global;
    let Some(command) = &cli.command else {
        return screen::run(global, screen).await;
    };
    match command {
        Command::Demo(args) => demo::run(global, args, output).await,
        Command::Sandbox(args) => sandbox::run(args, output).await,
        Command::Credentials(args) => credentials::run(global, args, output).await,
        Command::Verify => verify::run(global, output).await,
        Command::Pull(args) => pull::run(global, args, output).await,
        Command::Load(args) => load::run(global, args, output).await,
        Command::Unload(args) => unload::run(global, args, output).await,
        Command::Source(args) => source::run(global, args, output).await,
        Command::Map(args) => map::run(global, args, output).await,
        Command::Match(args) => match_names::run(args),
        Command::Plan(args) => plan::run(global, args, output).await,
        Command::Approve(args) => approve::run(global, args, output).await,
        Command::Sync(args) => sync::run(global, args, output).await,
        Command::Retry(args) => retry::run(global, args, output).await,
        Command::Reconcile(args) => reconcile::run(global, args, output).await,
        Command::Undo(args) => undo::run(global, args, output).await,
        Command::Status(args) => status::run(global, args, output).await,
        Command::Logs(args) => logs::run(global, args, output).await,
        Command::Audit(args) => audit::run(global, args, output).await,
        Command::Daemon(args) => daemon::run(global, args, output).await,
        Command::DeleteIntegration(args) => delete_integration::run(global, args, output).await,
        Command::Completions(args) => completions::run(args, output),
        Command::Man(args) => man::run(args, output),
    }
}
