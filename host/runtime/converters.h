#pragma once

#include "host/base/error.h"
#include "host/data/converter.h"
#include "host/runtime/task.h"

namespace host::runtime {

using TaskConverters = data::ConverterSet;

// The connector's own where it names a class, else the worker's, each with the sub-keys of the
// place that names the class (contract 5.4).
Result<TaskConverters> make_converters(const TaskSpec &spec, data::SchemaPool &pool);

} // namespace host::runtime
