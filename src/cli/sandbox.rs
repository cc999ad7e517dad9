//! `addendum sandbox`: the sandbox alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::signals;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::sandbox::{Faults, Feed, Sandbox, SandboxOptions};

/// Arguments of `sandbox`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Where it listens; only loopback addresses, port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8378")]
    pub listen: SocketAddr,
    /// What the sample data follows from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// So many companies
    #[arg(long, value_name = "N", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub companies: u32,
    /// So many sample lines over two months
    #[arg(long, value_name = "N", default_value_t = 600, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub lines: u32,
    /// Faults to play, as TOML or JSON
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,
}

/// Serves until it is stopped. With `--json` the document comes when it listens.
pub async fn run(args: &Args, output: Output) -> Result<Answer, Failure> {
    let stop = signals::token(output);
    let options = SandboxOptions {
        listen: args.listen,
        seed: args.seed,
        companies: args.companies as usize,
        lines: args.lines as usize,
        faults: args.faults.as_deref().map(read_faults).transpose()?.unwrap_or_default(),
        ..SandboxOptions::default()
    };
    let sandbox = start(options).await?;
    let answer = Answer::new("sandbox", &document(&sandbox), text(&sandbox))?;
    output.answer(&answer);
    stop.cancelled().await;
    sandbox.stop().await;
    output.hint("the sandbox has stopped; nothing of it is kept");
    Ok(Answer::said())
}

/// Starts a sandbox; what is wrong with its options is a usage mistake.
pub async fn start(options: SandboxOptions) -> Result<Sandbox, Failure> {
    let listen = options.listen;
    Sandbox::start(options).await.map_err(|e| {
        Failure::Problem(Problem::new(
            ProblemKind::Refused,
            "sandbox-not-started",
            format!("the sandbox cannot listen on {listen}: {e}"),
            "give a free loopback address, such as --listen 127.0.0.1:0",
        ))
    })
}

/// The sandbox's keys open nothing else, so they may be shown.
fn document(sandbox: &Sandbox) -> Value {
    json!({
        "site": sandbox.site(),
        "company_id": sandbox.company_id(),
        "client_id": sandbox.client_id(),
        "public_key": sandbox.public_key(),
        "private_key": sandbox.private_key(),
        "platform_url": sandbox.platform_url(),
        "source_secret": sandbox.source_secret(),
        "feeds": Feed::ALL.map(|feed| json!({
            "profile": feed.name(), "location": sandbox.feed_url(feed),
            "secret": feed.secret(), "account": feed.account(),
        })),
        "agreement_type": sandbox.agreement_type(),
        "periods": sandbox.sample().periods(),
    })
}

/// The distributors' feeds: profile, address, secret, and the own id where one is needed.
fn feeds(sandbox: &Sandbox) -> String {
    let feed = |feed: Feed| {
        let account = feed.account().map(|a| format!("\n  account        {a}")).unwrap_or_default();
        let (name, url, secret) = (feed.name(), sandbox.feed_url(feed), feed.secret());
        format!("{name:<17}{url}\n  secret         {secret}{account}\n")
    };
    Feed::ALL.map(feed).concat()
}

fn text(sandbox: &Sandbox) -> String {
    let feeds = feeds(sandbox);
    format!(
        "ConnectWise      {}\n  company id     {}\n  client id      {}\n  public key     {}\n  \
         private key    {}\nPlatform         {}\n  secret         {}\nAgreement type   {}\n\n\
         Distributors (source.profile, source.location, source.account):\n{feeds}\n\
         Its keys open nothing but this sandbox. To use it:\n  \
         addendum credentials set --site {} --company-id {} --client-id {}\n\
         and in config.toml: source.location = \"{}\", billing.agreement_type = \"{}\"\n\n\
         Ctrl-C ends it.",
        sandbox.site(),
        sandbox.company_id(),
        sandbox.client_id(),
        sandbox.public_key(),
        sandbox.private_key(),
        sandbox.platform_url(),
        sandbox.source_secret(),
        sandbox.agreement_type(),
        sandbox.site(),
        sandbox.company_id(),
        sandbox.client_id(),
        sandbox.platform_url(),
        sandbox.agreement_type()
    )
}

fn read_faults(file: &Path) -> Result<Faults, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::file(file, "read", &e))?;
    let faults = if text.trim_start().starts_with('{') {
        serde_json::from_str(&text).map_err(|e| e.to_string())
    } else {
        toml::from_str(&text).map_err(|e| e.to_string())
    };
    faults.map_err(|e| {
        Failure::Problem(Problem::new(
            ProblemKind::Refused,
            "bad-faults",
            format!("{}: {}", file.display(), harmless(e.trim())),
            "keys: latency_ms, jitter_ms, requests_per_minute, withdrawn, hidden_tables, bad_data, \
             entrance, rules",
        ))
    })
}
