#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace host {

// A number that cannot be passed for another kind of number.
template <class Tag, class Rep> struct StrongId {
  Rep value{};
  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep v) : value(v) {}
  friend constexpr auto operator<=>(const StrongId &, const StrongId &) = default;
};

using Offset = StrongId<struct OffsetTag, std::int64_t>;
using Generation = StrongId<struct GenerationTag, std::int64_t>;
// One start of one task on this worker; a later start of the same task has a higher number. What a
// runner says about an older one is refused.
using Incarnation = StrongId<struct IncarnationTag, std::uint64_t>;

// The n-th task of a connector; written `<connector>-<n>`.
struct TaskId {
  std::string connector;
  std::int32_t number = 0;
  friend auto operator<=>(const TaskId &, const TaskId &) = default;
  std::string text() const { return connector + "-" + std::to_string(number); }
};

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;
  friend auto operator<=>(const TopicPartition &, const TopicPartition &) = default;
  std::string text() const { return topic + "-" + std::to_string(partition); }
};

} // namespace host

template <class Tag, class Rep> struct std::hash<host::StrongId<Tag, Rep>> {
  std::size_t operator()(const host::StrongId<Tag, Rep> &id) const noexcept {
    return std::hash<Rep>()(id.value);
  }
};
template <> struct std::hash<host::TaskId> {
  std::size_t operator()(const host::TaskId &id) const noexcept {
    return std::hash<std::string>()(id.connector) * 31 + static_cast<std::size_t>(id.number);
  }
};
template <> struct std::hash<host::TopicPartition> {
  std::size_t operator()(const host::TopicPartition &tp) const noexcept {
    return std::hash<std::string>()(tp.topic) * 31 + static_cast<std::size_t>(tp.partition);
  }
};
