//! `addendum demo`: a month-end on a sandbox, in a throw-away home. Every step is a command that a
//! person could have typed, run by this same program.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Global;
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output, fault};
use super::shell::signals;
use crate::config::{Paths, Settings};
use crate::sandbox::{Sandbox, SandboxOptions};

/// The passphrase of the throw-away home's encrypted file: it guards the sandbox's keys, which are
/// no secret.
pub const PASSPHRASE: &str = "demo";

/// Arguments of `demo`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// So many sample lines over two months
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub lines: u32,
    /// The sandbox listens on this port of 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "P")]
    pub port: Option<u16>,
    /// Print each step instead of opening the terminal app
    #[arg(long)]
    pub no_screen: bool,
}

/// A throw-away home with a sandbox behind it.
#[derive(Debug)]
pub struct Stage {
    /// The sandbox. It ends with this.
    pub sandbox: Sandbox,
    /// The home's folder (`ADDENDUM_HOME`). It stays, to be looked at.
    pub home: PathBuf,
}

/// One step: the command as typed, and what it reads on standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it is for.
    pub title: &'static str,
    /// The arguments after `addendum`.
    pub arguments: Vec<String>,
    /// Lines given on standard input, such as the sandbox's keys.
    pub input: String,
}

impl Step {
    fn new(title: &'static str, arguments: &[&str]) -> Self {
        Self {
            title,
            arguments: arguments.iter().map(|a| (*a).to_owned()).collect(),
            input: String::new(),
        }
    }
}

impl Stage {
    /// Starts the sandbox and writes the settings of a home that points at it.
    ///
    /// # Errors
    /// The port is taken; the temporary folder cannot be written.
    pub async fn set(lines: u32, port: Option<u16>) -> Result<Self, Failure> {
        let options = SandboxOptions {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port.unwrap_or(0))),
            lines: lines as usize,
            ..SandboxOptions::default()
        };
        let sandbox = super::sandbox::start(options).await?;
        let home = std::env::temp_dir().join(format!(
            "addendum-demo-{}-{:08x}",
            std::process::id(),
            fastrand::u32(..)
        ));
        crate::config::private::make_folder(&home)
            .map_err(|e| Failure::file(&home, "create", &e))?;
        let stage = Self { sandbox, home };
        stage.write()?;
        Ok(stage)
    }

    /// The home's mapping file.
    pub fn mapping(&self) -> PathBuf {
        self.home.join("mapping.csv")
    }

    fn write(&self) -> Result<(), Failure> {
        let paths = Paths::find(Some(&self.home), "default")?;
        let changes = [
            ("source.location", self.sandbox.platform_url().into()),
            ("billing.agreement_type", self.sandbox.agreement_type().into()),
            // Nobody throttles a sandbox.
            ("connectwise.requests_per_minute", 0.into()),
            ("connectwise.concurrency", 8.into()),
        ];
        let changes: Vec<(String, Option<toml_edit::Value>)> =
            changes.into_iter().map(|(key, value)| (key.to_owned(), Some(value))).collect();
        Settings::write(&paths.settings, "default", &changes)?;
        let mapping = self.mapping();
        crate::config::replace_file(&mapping, self.sandbox.sample().mapping_csv().as_bytes())
            .map_err(|e| Failure::file(&mapping, "write", &e))
    }

    /// The steps that make the home ready to look at: keys, records, lines, mappings.
    pub fn preparation(&self) -> Vec<Step> {
        let s = &self.sandbox;
        let mut keys = Step::new(
            "the keys, from standard input into the encrypted file",
            &[
                "credentials",
                "set",
                "--site",
                &s.site(),
                "--company-id",
                s.company_id(),
                "--client-id",
                s.client_id(),
            ],
        );
        keys.input = format!("{}\n{}\n", s.public_key(), s.private_key());
        let mut secret =
            Step::new("the Platform's secret", &["credentials", "set", "--source-secret"]);
        secret.input = format!("{}\n", s.source_secret());
        vec![
            keys,
            secret,
            Step::new("may the keys do all that is needed?", &["verify"]),
            Step::new("companies, products and agreements of the PSA", &["pull"]),
            Step::new("two months of invoice lines from the Platform", &["load"]),
            Step::new(
                "a mapping file made earlier",
                &["map", "import", &self.mapping().display().to_string()],
            ),
        ]
    }

    /// The month-end: look, post, prove.
    pub fn month_end(&self) -> Vec<Step> {
        vec![
            Step::new("what would be posted", &["plan"]),
            Step::new("post it", &["sync", "--yes"]),
            Step::new("read it back and prove it to the cent", &["reconcile"]),
            Step::new("a second sync has nothing to do", &["sync", "--yes"]),
            Step::new("how things stand", &["status"]),
        ]
    }

    /// This program, on the throw-away home.
    fn program(&self) -> Result<Command, Failure> {
        let program = std::env::current_exe()
            .map_err(|e| fault(format!("this program is nowhere to be found: {e}")))?;
        let mut command = Command::new(program);
        // Nothing of the real profile may reach into the demonstration, nor the other way round.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ADDENDUM_") {
                command.env_remove(name);
            }
        }
        command.env_remove("CREDENTIALS_DIRECTORY");
        command.env("ADDENDUM_HOME", &self.home).env("ADDENDUM_VAULT_PASSPHRASE", PASSPHRASE);
        Ok(command)
    }

    /// Opens the terminal app on the home, with the guided tour, until it is left.
    ///
    /// # Errors
    /// The program cannot be started.
    pub async fn screen(&self, global: &Global) -> Result<i32, Failure> {
        let mut command = self.program()?;
        command.arg("--tour");
        command.args(global.no_color.then_some("--no-color"));
        command.args(global.ascii.then_some("--ascii"));
        let status = tokio::task::spawn_blocking(move || command.status())
            .await
            .map_err(|e| fault(format!("the terminal app died: {e}")))?
            .map_err(|e| fault(format!("the terminal app cannot be started: {e}")))?;
        Ok(status.code().unwrap_or(1))
    }

    /// Runs a step in a process of its own. Gives its exit code and its standard output; progress
    /// goes where ours goes.
    ///
    /// # Errors
    /// The program cannot be started.
    pub async fn run(&self, step: &Step, output: Output) -> Result<(i32, Vec<u8>), Failure> {
        let mut command = self.program()?;
        command.args(&step.arguments);
        command.args(output.json.then_some("--json"));
        command.args((!output.colour).then_some("--no-color"));
        command.args(output.quiet.then_some("--quiet"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let input = step.input.clone();
        let run = move || -> std::io::Result<(i32, Vec<u8>)> {
            let mut child = command.spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                // A step that ends early reads nothing; its exit code says why.
                let _ = std::io::Write::write_all(&mut stdin, input.as_bytes());
            }
            let done = child.wait_with_output()?;
            Ok((done.status.code().unwrap_or(1), done.stdout))
        };
        tokio::task::spawn_blocking(run)
            .await
            .map_err(|e| fault(format!("a step died: {e}")))?
            .map_err(|e| fault(format!("a step cannot be started: {e}")))
    }
}

/// Prepares the home, and opens the terminal app on it. The home goes when the app is left.
async fn on_screen(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let stage = Stage::set(args.lines, args.port).await?;
    output.line("A sandbox ConnectWise, two sample months and their mappings are being prepared:");
    let quiet = Output { quiet: true, ..output };
    let mut done = Ok(0);
    for step in stage.preparation() {
        output.line(&format!("  {}", step.title));
        let (exit, printed) = stage.run(&step, quiet).await?;
        if exit != Exit::Done as i32 {
            output.line(&String::from_utf8_lossy(&printed));
            done = Err(fault(format!("a step of the preparation ended with {exit}")));
            break;
        }
    }
    if done.is_ok() {
        done = stage.screen(global).await;
    }
    let home = stage.home.clone();
    stage.sandbox.stop().await;
    // What stays behind is a folder in the temporary folder.
    let _ = std::fs::remove_dir_all(&home);
    match done? {
        0 => Answer::new("demo", &json!({}), String::new()),
        code => Err(fault(format!("the terminal app ended with {code}"))),
    }
}

/// Runs the demonstration; 0 only when the month is proven to the cent.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    if !args.no_screen && !output.json && super::screen::has_terminal() {
        return on_screen(global, args, output).await;
    }
    let stop = signals::token(output);
    let stage = Stage::set(args.lines, args.port).await?;
    if !output.json {
        output.line(&format!(
            "A ConnectWise and a billing Platform to play with are at {}\nA throw-away home is at {}\n",
            stage.sandbox.site(),
            stage.home.display()
        ));
    }
    let mut steps = Vec::new();
    let mut proven = false;
    let mut reconciled = Value::Null;
    for step in stage.preparation().into_iter().chain(stage.month_end()) {
        if !output.json {
            output.line(&output.bold(&format!("$ addendum {}", shell_words(&step.arguments))));
            output.line(&format!("# {}", step.title));
        }
        let (exit, printed) = stage.run(&step, output).await?;
        let text = String::from_utf8_lossy(&printed).into_owned();
        let document: Value = if output.json {
            serde_json::from_str(&text).unwrap_or(Value::Null)
        } else {
            output.line(&text);
            Value::Null
        };
        if step.arguments.first().is_some_and(|a| a == "reconcile") {
            proven = exit == 0;
            reconciled = document.clone();
        }
        steps.push(json!({
            "command": format!("addendum {}", shell_words(&step.arguments)),
            "exit": exit,
            "document": document,
        }));
        let well = exit == Exit::Done as i32 || exit == Exit::Incomplete as i32;
        if stop.is_cancelled() {
            return Err(Failure::interrupted("run `addendum demo` again to see all of it"));
        }
        if !well {
            break;
        }
    }
    let document = json!({
        "proven": proven,
        "home": stage.home.display().to_string(),
        "site": stage.sandbox.site(),
        "money": reconciled["money"],
        "psa": reconciled["psa"],
        "steps": steps,
    });
    let text = ending(&stage.home, proven);
    stage.sandbox.stop().await;
    let exit = if proven { Exit::Done } else { Exit::Incomplete };
    Ok(Answer::new("demo", &document, text)?.ending(exit))
}

fn ending(home: &Path, proven: bool) -> String {
    let verdict = if proven {
        "Proven: the PSA returns what was posted, to the cent, and each other line is accounted for."
    } else {
        "Not proven; the steps above say why."
    };
    format!(
        "{verdict}\n\nWhere things are:\n  settings  {0}/config/config.toml\n  store     \
         {0}/data/default/addendum.db\n  log       {0}/state/addendum.log\n  mapping   {0}/mapping.csv\n\n\
         To look around:\n  export ADDENDUM_HOME={0}\n  addendum status\n  addendum map list\n\
         The folder can be deleted; the sandbox has ended.\n\
         A sandbox that stays: addendum sandbox\nThe real thing:       addendum credentials set",
        home.display()
    )
}

/// The arguments as they would be typed.
fn shell_words(arguments: &[String]) -> String {
    let plain = |a: &str| {
        !a.is_empty() && a.chars().all(|c| c.is_alphanumeric() || "-_./:=@+,".contains(c))
    };
    arguments
        .iter()
        .map(|a| if plain(a) { a.clone() } else { format!("'{}'", a.replace('\'', r"'\''")) })
        .collect::<Vec<_>>()
        .join(" ")
}
