#include "host/data/json_shapes.h"

#include <algorithm>
#include <numeric>

#include "host/base/java_order.h"

namespace host::data {

void JsonShapes::learn(JsonSlot &slot, const std::vector<std::string_view> &keys) {
  slot.misses = 0;
  std::string all;
  for (const std::string_view key : keys)
    all.append(key).append(1, '"');
  auto &known = shapes_[all];
  if (!known) {
    known = std::make_unique<JsonShape>();
    known->keys.assign(keys.begin(), keys.end());
    known->inner.resize(keys.size());
    known->order.resize(keys.size());
    std::iota(known->order.begin(), known->order.end(), 0U);
    java::sort_by_bucket(known->order, java::buckets(keys.size()),
                         [&](std::uint32_t index) { return keys[index]; });
    known->in_order = std::is_sorted(known->order.begin(), known->order.end());
  }
  slot.shape = known.get();
}

} // namespace host::data
