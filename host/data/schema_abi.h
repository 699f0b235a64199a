#pragma once

#include "host/data/schema_pool.h"

namespace host::data {

// The table behind `sluice.schema/1`.
const sluice_schema_api &schema_api();

// The schema that a plugin's definition asks for, copied; behind `sluice.schema-builder/1`. Nothing
// in the definition is trusted but its pointers.
Result<const Schema *> build_schema(const sluice_schema_def &definition, SchemaPool &pool);

} // namespace host::data
