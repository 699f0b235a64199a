#pragma once

#include "host/app/try_record.h"
#include "host/base/error.h"
#include "host/data/converter.h"
#include "host/data/schema_pool.h"
#include "host/transform/chain.h"

namespace host::app::dry_run {

// What a task has before it has a connector's code or a Kafka client.
struct Parts {
  data::ConverterSet converters;
  transform::Chain chain;
};

// Makes them in the order in which Connect's worker does when it starts a task, so that of several
// mistakes the same is told first: the connector's keys, the chain's keys, converters, transforms,
// the keys of its kind. The pool must outlive the parts.
Result<Parts> start_parts(const Config &config, transform::Direction direction,
                          data::SchemaPool &pool);

} // namespace host::app::dry_run
