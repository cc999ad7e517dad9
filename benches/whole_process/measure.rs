//! Runs a command and measures it from outside.

use std::io::Read;
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::home::Finished;

/// How often the kernel is asked for the peak; it remembers the peak itself, so only growth in the
/// last moments before the end can be missed.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs to the end.
pub fn run(mut command: Command) -> Finished {
    let begun = Instant::now();
    let mut child = command.spawn().expect("the binary starts");
    let pid = child.id();
    let (mut out, mut err) = (child.stdout.take(), child.stderr.take());
    let ended = AtomicBool::new(false);
    thread::scope(|scope| {
        let peak = scope.spawn(|| {
            let (mut peak, mut cpu) = (0, 0.0);
            while !ended.load(Ordering::Relaxed) {
                peak = peak_kb(pid).unwrap_or(0).max(peak);
                cpu = cpu_seconds(pid).unwrap_or(0.0).max(cpu);
                thread::sleep(LOOK_EVERY);
            }
            (peak, cpu)
        });
        let errors = scope.spawn(move || {
            let mut text = String::new();
            if let Some(e) = err.as_mut() {
                let _ = e.read_to_string(&mut text);
            }
            text
        });
        let mut bytes = Vec::new();
        if let Some(o) = out.as_mut() {
            let _ = o.read_to_end(&mut bytes);
        }
        let code = wait(&mut child);
        let seconds = begun.elapsed().as_secs_f64();
        ended.store(true, Ordering::Relaxed);
        let (peak, cpu_seconds) = peak.join().unwrap_or_default();
        Finished {
            seconds,
            cpu_seconds,
            peak_mb: peak / 1024,
            code,
            json: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            stderr: errors.join().unwrap_or_default(),
        }
    })
}

fn wait(child: &mut Child) -> Option<i32> {
    child.wait().ok().and_then(|s| s.code())
}

/// CPU time of a process: Linux counts in hundredths of a second.
fn cpu_seconds(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100.0)
}

/// `VmHWM` of a process, in kilobytes.
fn peak_kb(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
