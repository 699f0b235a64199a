#pragma once

#include <string_view>

#include <sluice/abi/data.h>
#include <sluice/abi/sink.h>
#include <sluice/abi/source.h>

// The further tables that a plugin gets with get_extension; each valid until the process ends.
namespace host::plugin {

const sluice_schema_builder_api &schema_builder_table();
const sluice_source_context &source_context_table();
const sluice_sink_context &sink_context_table();

} // namespace host::plugin
