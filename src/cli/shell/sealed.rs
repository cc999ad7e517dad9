//! A process that holds keys leaves no picture of its memory: no core file, and no other program of
//! the same account reads its memory or its environment while it runs.

/// Seals the process. What cannot be done here is not done: it is a second fence, not the first.
pub fn seal() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A core that goes to a program instead of a file knows no limit.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}
