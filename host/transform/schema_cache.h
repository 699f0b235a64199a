#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/data/schema_pool.h"

namespace host::transform {

// What a transform worked out for a schema, by schema: the new schema and how to get there. The
// last 16 are kept, as Connect does; the one used last is found at once. One thread.
template <class Plan> class SchemaCache final : data::SchemaHolder {
public:
  explicit SchemaCache(data::SchemaPool &pool) : SchemaHolder(pool) {}

  static constexpr std::size_t kSize = 16;

  // The plan for a schema, which `make()` makes, as Result<Plan>, where it is new. Failures are not
  // kept. Good until the next call.
  template <class Make> Result<const Plan *> get(const data::Schema *schema, Make make) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].schema == schema) {
        if (i > 0)
          std::swap(entries_[i], entries_[i - 1]);
        return entries_[i > 0 ? i - 1 : 0].plan.get();
      }
    auto plan = make();
    if (!plan)
      return fail(std::move(plan).error());
    if (entries_.size() == kSize)
      entries_.pop_back();
    entries_.push_back({schema, std::make_unique<const Plan>(*std::move(plan))});
    return entries_.back().plan.get();
  }

private:
  void forget_schemas() override { entries_.clear(); }

  // Those used more often move to the front, so that the last one is the least used.
  struct Entry {
    const data::Schema *schema;
    std::unique_ptr<const Plan> plan;
  };
  std::vector<Entry> entries_;
};

} // namespace host::transform
