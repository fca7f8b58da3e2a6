//! The pipeline and the stage of tickets and deals.

use super::property_input::text_of;
use crate::model::object_type::ObjectType;
use crate::model::pipeline::property_names;
use crate::model::portal::Portal;
use crate::model::property_value::{InvalidValue, not_an_option};
use crate::model::record::{Name, Record};

/// Checks that the pipeline exists and that the stage belongs to it. `before` is the record to be updated.
pub(crate) fn check(
    portal: &Portal,
    object_type: ObjectType,
    values: &[(Name, String)],
    before: Option<&Record>,
) -> Result<(), InvalidValue> {
    let (Some((pipeline_name, stage_name)), Some(pipelines)) =
        (property_names(object_type), portal.pipelines.get(&object_type))
    else {
        return Ok(());
    };
    let resulting = |name| text_of(values, name).or_else(|| before.and_then(|record| record.get(name)));
    let Some(id) = resulting(pipeline_name) else { return Ok(()) };
    let Some(pipeline) = pipelines.iter().find(|pipeline| pipeline.id == id) else {
        let allowed: Vec<_> = pipelines.iter().map(|pipeline| pipeline.id.as_str()).collect();
        return Err(not_an_option(pipeline_name, id, &allowed));
    };
    match resulting(stage_name) {
        Some(stage) if !pipeline.stages.iter().any(|known| known.id == stage) => {
            let allowed: Vec<_> = pipeline.stages.iter().map(|stage| stage.id.as_str()).collect();
            Err(not_an_option(stage_name, stage, &allowed))
        }
        _ => Ok(()),
    }
}

/// Says that these values put a ticket into a closed stage.
pub(crate) fn is_closing(portal: &Portal, object_type: ObjectType, values: &[(Name, String)]) -> bool {
    let stage = (object_type == ObjectType::Tickets).then(|| text_of(values, "hs_pipeline_stage")).flatten();
    let mut stages = portal.pipelines.get(&object_type).into_iter().flatten().flat_map(|pipeline| &pipeline.stages);
    stage.is_some_and(|id| stages.any(|stage| stage.id == id && stage.is_closed()))
}
