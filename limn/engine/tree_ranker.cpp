#include "limn/engine/tree_ranker.h"

namespace limn {

ItemFacts tree_facts(const ModelView& models) {
  ItemFacts facts;
  facts.log_popularity = models.popularity;
  facts.embeddings = models.item_embeddings;
  facts.tags = models.item_classes;
  facts.next = models.cooccurrence;
  return facts;
}

Matrix tree_features(const RankerQuestion& question, const ItemFacts& facts) {
  return rank_features(question.part_scores, question.used, question.candidates, question.query,
                       facts);
}

std::vector<float> TreeRanker::score(const RankerQuestion& question) const {
  const auto found = trees_.score(tree_features(question, facts_));
  return found ? *found : std::vector<float>(question.candidates.size());
}

}  // namespace limn
