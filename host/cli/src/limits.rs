//! The resource limits of a plugin and the options that change them.

use std::time::Duration;

use wasmysql_host::{StoreLimit, StoreSettings};

/// The number of component handles for each host resource. Calls in flight use some of the handles.
const HANDLES_FOR_EACH: usize = 4;

/// The limits of a plugin. Limits that are not given have the defaults of `StoreSettings`.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Limits of the plugin")]
pub(crate) struct Limits {
    /// Limit the CPU time, in seconds; waiting does not count, and 0 means no limit [default: 10]
    #[arg(long, value_name = "SECONDS")]
    max_cpu_time: Option<u32>,

    /// Limit the memory, in MiB [default: 64]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_memory: Option<u32>,

    /// Limit the number of handles, such as connections, transactions, results and files [default:
    /// 256]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_handles: Option<u32>,

    /// Limit the data that one call passes to the host, in MiB [default: 16]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_call_size: Option<u32>,

    /// Limit the number of core instances; composed components have several [default: 50]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_instances: Option<u32>,

    /// Limit the number of memories of all instances [default: 2]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_memories: Option<u32>,

    /// Limit the number of tables of all instances [default: 20]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_tables: Option<u32>,

    /// Limit the number of elements of each table [default: 20000]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_table_elements: Option<u32>,
}

impl Limits {
    /// Returns the defaults of Python plugins: an interpreter with its modules takes a large part
    /// of the default memory, and computes more slowly.
    pub(crate) fn of_python() -> Self {
        Self { max_memory: Some(256), max_cpu_time: Some(60), ..Self::default() }
    }

    /// Returns these limits, completed by `defaults` where a limit is not given.
    pub(crate) fn or(self, defaults: &Self) -> Self {
        Self {
            max_cpu_time: self.max_cpu_time.or(defaults.max_cpu_time),
            max_memory: self.max_memory.or(defaults.max_memory),
            max_handles: self.max_handles.or(defaults.max_handles),
            max_call_size: self.max_call_size.or(defaults.max_call_size),
            max_instances: self.max_instances.or(defaults.max_instances),
            max_memories: self.max_memories.or(defaults.max_memories),
            max_tables: self.max_tables.or(defaults.max_tables),
            max_table_elements: self.max_table_elements.or(defaults.max_table_elements),
        }
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        let mut settings = StoreSettings::default();
        let mut set = |given: Option<u32>, unit: usize, limit: fn(StoreSettings, usize) -> StoreSettings| {
            if let Some(given) = given {
                let value = usize::try_from(given).unwrap_or(usize::MAX).saturating_mul(unit);
                settings = limit(settings.clone(), value);
            }
        };
        set(self.max_memory, 1 << 20, StoreSettings::memory_bytes);
        set(self.max_handles, 1, StoreSettings::resources);
        set(self.max_handles, HANDLES_FOR_EACH, StoreSettings::component_handles);
        set(self.max_call_size, 1 << 20, StoreSettings::hostcall_fuel);
        set(self.max_instances, 1, StoreSettings::instances);
        set(self.max_memories, 1, StoreSettings::memories);
        set(self.max_tables, 1, StoreSettings::tables);
        set(self.max_table_elements, 1, StoreSettings::table_elements);
        match self.max_cpu_time {
            None => settings,
            Some(seconds) => settings.cpu_time((seconds > 0).then(|| Duration::from_secs(seconds.into()))),
        }
    }
}

/// Returns the option that sets a limit.
pub(crate) fn option(limit: StoreLimit) -> Option<&'static str> {
    match limit {
        StoreLimit::CpuTime => Some("--max-cpu-time"),
        StoreLimit::MemoryBytes => Some("--max-memory"),
        StoreLimit::Resources | StoreLimit::ComponentHandles => Some("--max-handles"),
        StoreLimit::HostcallFuel => Some("--max-call-size"),
        StoreLimit::Instances => Some("--max-instances"),
        StoreLimit::Memories => Some("--max-memories"),
        StoreLimit::Tables => Some("--max-tables"),
        StoreLimit::TableElements => Some("--max-table-elements"),
        // Later limits of the host have no option yet.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        limits: Limits,
    }

    fn limits(arguments: &[&str]) -> Limits {
        Line::try_parse_from([&["wasmysql"], arguments].concat()).unwrap_or_else(|error| panic!("{error}")).limits
    }

    #[test]
    fn options_override_the_default_limits() {
        assert_eq!(limits(&[]).settings(), StoreSettings::default());
        let given = limits(&["--max-cpu-time", "60", "--max-memory", "128", "--max-handles", "1000"]);
        assert_eq!(
            given.or(&limits(&["--max-memory", "1", "--max-tables", "30"])).settings(),
            StoreSettings::default()
                .cpu_time(Duration::from_secs(60))
                .memory_bytes(128 << 20)
                .tables(30)
                .resources(1000)
                .component_handles(4000)
        );
        assert_eq!(limits(&["--max-cpu-time", "0"]).settings(), StoreSettings::default().cpu_time(None));
    }

    #[test]
    fn help_shows_the_defaults() {
        let help = <Line as clap::CommandFactory>::command().render_long_help().to_string();
        for option in [
            "--max-cpu-time",
            "--max-memory",
            "--max-handles",
            "--max-call-size",
            "--max-instances",
            "--max-memories",
            "--max-tables",
            "--max-table-elements",
        ] {
            let about = help.split(&format!("{option} <")).nth(1).unwrap_or_else(|| panic!("no {option} in {help}"));
            let about = about.split("--max").next().unwrap_or_default();
            let default = about.split("[default: ").nth(1).and_then(|rest| rest.split(']').next());
            let default = default.unwrap_or_else(|| panic!("{option} has no default: {about}"));
            assert_eq!(limits(&[option, default]).settings(), StoreSettings::default(), "{option}: {about}");
        }
    }
}
