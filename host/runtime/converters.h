#pragma once

#include <memory>

#include "host/base/error.h"
#include "host/data/converter.h"
#include "host/runtime/task.h"

namespace host::runtime {

// The converters of one task, with the class names that error reports show. Used by its thread.
struct TaskConverters {
  std::unique_ptr<data::Converter> key;
  std::unique_ptr<data::Converter> value;
  std::unique_ptr<data::HeaderConverter> header;
  std::string key_class;
  std::string value_class;
  std::string header_class;
};

// The connector's own where it names a class, else the worker's, each with the sub-keys of the
// place that names the class (contract 5.4).
Result<TaskConverters> make_converters(const TaskSpec &spec, data::SchemaPool &pool);

} // namespace host::runtime
