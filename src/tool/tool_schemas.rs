//! The schemas of a tool, and the shapes of its arguments.

use std::sync::OnceLock;

use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde::Serialize;

use super::arguments::Arguments;

/// The schemas of a tool. Each is made when it is first read: they take milliseconds of a start.
pub(super) struct ToolSchemas {
    input: OnceLock<Schema>,
    arguments: OnceLock<Arguments>,
    output: OnceLock<Schema>,
    make_input: fn() -> Schema,
    make_output: fn() -> Schema,
}

impl ToolSchemas {
    /// The schemas of a tool with these arguments and this result.
    pub(super) fn of<Input: JsonSchema, Output: Serialize + JsonSchema>() -> ToolSchemas {
        ToolSchemas {
            input: OnceLock::new(),
            arguments: OnceLock::new(),
            output: OnceLock::new(),
            make_input: || SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Input>(),
            make_output: || {
                SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Output>()
            },
        }
    }

    /// Schemas that are known already.
    pub(super) fn given(input: Schema, output: Schema) -> ToolSchemas {
        ToolSchemas {
            input: OnceLock::from(input),
            arguments: OnceLock::new(),
            output: OnceLock::from(output),
            make_input: Schema::default,
            make_output: Schema::default,
        }
    }

    /// The schema of the arguments.
    pub(super) fn input(&self) -> &Schema {
        self.input.get_or_init(self.make_input)
    }

    /// The schema of the result.
    pub(super) fn output(&self) -> &Schema {
        self.output.get_or_init(self.make_output)
    }

    /// The shapes of the arguments.
    pub(super) fn arguments(&self) -> &Arguments {
        self.arguments.get_or_init(|| Arguments::of(self.input()))
    }
}
