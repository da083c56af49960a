//! What a plugin may use of this machine, and the options that give it more.

use std::time::Duration;

use wasmysql_host::{StoreLimit, StoreSettings};

/// A plugin's handles of its own, for each of those that it holds of the host: some are of calls in flight.
const HANDLES_FOR_EACH: usize = 4;

/// Limits of a plugin. What is not given is as `StoreSettings` has it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Limits of the plugin")]
pub(crate) struct Limits {
    /// How long it may compute in all, in seconds; waiting does not count, and 0 is without limit [default: 10]
    #[arg(long, value_name = "SECONDS")]
    max_cpu_time: Option<u32>,

    /// How much memory it may have, in MiB [default: 64]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_memory: Option<u32>,

    /// How many handles it may hold: of connections, transactions, results, files and the like [default: 256]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    max_handles: Option<u32>,

    /// How much one call of it may pass to the host, in MiB [default: 16]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..=4096))]
    max_call_size: Option<u32>,

    /// How many core instances it may have; several when it is made of several components [default: 50]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_instances: Option<u32>,

    /// How many memories these may have [default: 2]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_memories: Option<u32>,

    /// How many tables these may have [default: 20]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_tables: Option<u32>,

    /// How many elements each table may have [default: 20000]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    max_table_elements: Option<u32>,
}

impl Limits {
    /// These, and those of `others` that are not given here.
    pub(crate) fn or(self, others: &Self) -> Self {
        Self {
            max_cpu_time: self.max_cpu_time.or(others.max_cpu_time),
            max_memory: self.max_memory.or(others.max_memory),
            max_handles: self.max_handles.or(others.max_handles),
            max_call_size: self.max_call_size.or(others.max_call_size),
            max_instances: self.max_instances.or(others.max_instances),
            max_memories: self.max_memories.or(others.max_memories),
            max_tables: self.max_tables.or(others.max_tables),
            max_table_elements: self.max_table_elements.or(others.max_table_elements),
        }
    }

    pub(crate) fn settings(&self) -> StoreSettings {
        let mut settings = StoreSettings::default();
        let set = |setting: &mut usize, given: Option<u32>, unit: usize| {
            if let Some(given) = given {
                *setting = usize::try_from(given).unwrap_or(usize::MAX).saturating_mul(unit);
            }
        };
        if let Some(seconds) = self.max_cpu_time {
            settings.cpu_time = (seconds > 0).then(|| Duration::from_secs(seconds.into()));
        }
        set(&mut settings.memory_bytes, self.max_memory, 1 << 20);
        set(&mut settings.resources, self.max_handles, 1);
        set(&mut settings.component_handles, self.max_handles, HANDLES_FOR_EACH);
        set(&mut settings.hostcall_fuel, self.max_call_size, 1 << 20);
        set(&mut settings.instances, self.max_instances, 1);
        set(&mut settings.memories, self.max_memories, 1);
        set(&mut settings.tables, self.max_tables, 1);
        set(&mut settings.table_elements, self.max_table_elements, 1);
        settings
    }
}

/// The option that raises a limit.
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
        // Not given here.
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
    fn limits_are_those_of_the_host_unless_options_say_otherwise() {
        let shown = |settings: &StoreSettings| format!("{settings:?}");
        assert_eq!(shown(&limits(&[]).settings()), shown(&StoreSettings::default()));
        let given = limits(&["--max-cpu-time", "60", "--max-memory", "128", "--max-handles", "1000"]);
        let settings = given.or(&limits(&["--max-memory", "1", "--max-tables", "30"])).settings();
        assert_eq!(settings.cpu_time, Some(Duration::from_secs(60)));
        assert_eq!((settings.memory_bytes, settings.tables), (128 << 20, 30));
        assert_eq!((settings.resources, settings.component_handles), (1000, 4000));
        assert_eq!(limits(&["--max-cpu-time", "0"]).settings().cpu_time, None);
    }

    #[test]
    fn help_names_the_defaults() {
        let settings = StoreSettings::default();
        let help = <Line as clap::CommandFactory>::command().render_long_help().to_string();
        for (option, default) in [
            ("--max-cpu-time", settings.cpu_time.map_or(0, |time| usize::try_from(time.as_secs()).unwrap())),
            ("--max-memory", settings.memory_bytes >> 20),
            ("--max-handles", settings.resources),
            ("--max-call-size", settings.hostcall_fuel >> 20),
            ("--max-instances", settings.instances),
            ("--max-memories", settings.memories),
            ("--max-tables", settings.tables),
            ("--max-table-elements", settings.table_elements),
        ] {
            let about = help.split(&format!("{option} <")).nth(1).unwrap_or_else(|| panic!("no {option} in {help}"));
            assert!(
                about.split("--max").next().unwrap_or_default().contains(&format!("[default: {default}]")),
                "{option}: {about}"
            );
        }
    }
}
