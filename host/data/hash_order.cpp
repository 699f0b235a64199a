#include <algorithm>
#include <cstring>

#include "host/base/java_text.h"
#include "host/data/json_decode.h"

namespace host::data {
namespace {

// Keys are equal as Java objects of one type are.
int compare_keys(const Cell &a, const Cell &b) {
  if (a.type != b.type)
    return a.type < b.type ? -1 : 1;
  const Type type = type_of(a);
  if (type == Type::String || type == Type::Bytes)
    return text_of(a).compare(text_of(b));
  if (is_container(type))
    return &a < &b ? -1 : &a > &b ? 1 : 0; // never equal
  return std::memcmp(&a.u, &b.u, sizeof a.u);
}

} // namespace

// Sorted by hash and key, so that a hostile object of many colliding keys costs no square.
void HashOrder::drop_duplicates(std::size_t mark, const TapeBuilder &tape) {
  const auto cells = tape.cells();
  const auto first = entries_.begin() + static_cast<std::ptrdiff_t>(mark);
  std::sort(first, entries_.end(), [&](const Entry &a, const Entry &b) {
    if (a.hash != b.hash)
      return a.hash < b.hash;
    const int order = compare_keys(cells[a.begin], cells[b.begin]);
    return order != 0 ? order < 0 : a.begin < b.begin;
  });
  auto kept = first;
  for (auto at = first; at != entries_.end(); ++at) {
    const bool again = at != first && (kept - 1)->hash == at->hash &&
                       compare_keys(cells[(kept - 1)->begin], cells[at->begin]) == 0;
    if (again) {
      (kept - 1)->begin = at->begin;
      (kept - 1)->end = at->end;
    } else {
      *kept++ = *at;
    }
  }
  entries_.erase(kept, entries_.end());
}

bool HashOrder::in_order(std::size_t mark) const {
  for (std::size_t i = mark + 1; i < entries_.size(); ++i)
    if (entries_[i].bucket < entries_[i - 1].bucket)
      return false;
  return !may_repeat(mark);
}

void HashOrder::sort_by_bucket(std::size_t mark) {
  std::sort(entries_.begin() + static_cast<std::ptrdiff_t>(mark), entries_.end(),
            [](const Entry &a, const Entry &b) {
              return a.bucket != b.bucket ? a.bucket < b.bucket : a.first < b.first;
            });
}

// Equal keys share hash and bucket, and buckets are short unless somebody means harm.
bool HashOrder::may_repeat(std::size_t mark) const {
  constexpr std::size_t kShort = 8;
  for (std::size_t i = mark; i < entries_.size(); ++i)
    for (std::size_t j = i + 1; j < entries_.size() && entries_[j].bucket == entries_[i].bucket;
         ++j)
      if (entries_[j].hash == entries_[i].hash || j - i > kShort)
        return true;
  return false;
}

std::size_t HashOrder::arrange(std::size_t mark, TapeBuilder &tape) {
  const std::size_t count = entries_.size() - mark;
  if (count < 2) {
    entries_.resize(mark);
    return count;
  }
  const auto assign_buckets = [&] {
    const std::uint32_t mask = java::buckets(entries_.size() - mark) - 1;
    for (std::size_t i = mark; i < entries_.size(); ++i)
      entries_[i].bucket = entries_[i].hash & mask;
  };
  const std::size_t begin = entries_[mark].begin;
  for (std::size_t i = mark; i < entries_.size(); ++i)
    entries_[i].end = i + 1 < entries_.size() ? entries_[i + 1].begin : tape.size();
  assign_buckets();
  if (in_order(mark)) {
    entries_.resize(mark);
    return count;
  }
  sort_by_bucket(mark);
  if (may_repeat(mark)) {
    drop_duplicates(mark, tape);
    assign_buckets();
    sort_by_bucket(mark);
  }
  moved_.clear();
  const auto cells = tape.cells();
  for (std::size_t i = mark; i < entries_.size(); ++i)
    moved_.insert(moved_.end(), cells.begin() + static_cast<std::ptrdiff_t>(entries_[i].begin),
                  cells.begin() + static_cast<std::ptrdiff_t>(entries_[i].end));
  const std::size_t left = entries_.size() - mark;
  tape.truncate(begin);
  tape.append(moved_);
  entries_.resize(mark);
  return left;
}

} // namespace host::data
