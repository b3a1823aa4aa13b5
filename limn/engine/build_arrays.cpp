#include "limn/engine/build_arrays.h"

#include <span>

#include "limn/store/generation.h"

namespace limn {

Result<std::uint64_t> write_arrays(const Store& store, const BuildArrays& arrays) {
  LIMN_TRY(GenerationWriter writer, GenerationWriter::begin(store.folder()));
  const FittedModels& models = arrays.models;
  LIMN_TRY_VOID(writer.add("popularity", std::span<const float>(models.popularity)));
  LIMN_TRY_VOID(writer.add("trending", std::span<const float>(models.trending)));
  LIMN_TRY_VOID(writer.add("interactions", models.interactions.view()));
  LIMN_TRY_VOID(writer.add("rp3beta", models.rp3beta.view()));
  LIMN_TRY_VOID(writer.add("ease", models.ease.view()));
  LIMN_TRY_VOID(writer.add("item_knn", models.item_knn.view()));
  LIMN_TRY_VOID(writer.add("gram", models.gram.view()));
  LIMN_TRY_VOID(writer.add("cooccurrence", models.cooccurrence.view()));
  LIMN_TRY_VOID(writer.add("text_neighbours", arrays.text_neighbours.view()));
  LIMN_TRY_VOID(writer.add("word_neighbours", arrays.word_neighbours.view()));
  const FactorBytesView factors = models.ials_items;
  LIMN_TRY_VOID(writer.add("ials_values", std::as_bytes(factors.values())));
  LIMN_TRY_VOID(writer.add("ials_scales", factors.scales()));
  LIMN_TRY_VOID(writer.add("ials_gram", models.ials_gram.view()));
  LIMN_TRY_VOID(writer.add("ials_text_map", models.ials_text_map.view()));
  LIMN_TRY_VOID(writer.add("rating_biases", std::span<const float>(arrays.ratings.item_bias)));
  LIMN_TRY_VOID(writer.add("rating_factors", arrays.ratings.items.view()));
  LIMN_TRY_VOID(writer.add("item_factors", models.item_factors.view()));
  LIMN_TRY_VOID(writer.add("user_vectors", models.user_vectors.view()));
  LIMN_TRY_VOID(writer.add("item_embeddings", arrays.embedded.items.view()));
  LIMN_TRY_VOID(writer.add("text_embeddings", arrays.embedded.texts.view()));
  LIMN_TRY_VOID(writer.add("bio_embeddings", arrays.embedded.bios.view()));
  LIMN_TRY_VOID(writer.add("text_events", std::span<const std::int64_t>(arrays.text_events)));
  LIMN_TRY_VOID(writer.add("text_repeats", std::span<const std::byte>(arrays.text_repeats)));
  LIMN_TRY_VOID(writer.add("text_weights", std::span<const float>(arrays.text_weights)));
  LIMN_TRY_VOID(writer.add("text_stars", std::span<const float>(arrays.text_stars)));
  LIMN_TRY_VOID(writer.add("opinions", std::as_bytes(std::span(arrays.opinions))));
  LIMN_TRY_VOID(writer.add("text_hashes", std::span<const std::uint64_t>(arrays.embedded.hashes)));
  LIMN_TRY_VOID(writer.add("text_places", std::span<const std::uint64_t>(arrays.embedded.places)));
  LIMN_TRY_VOID(
      writer.add("text_topics", std::span<const std::uint32_t>(arrays.topics.text_topics)));
  LIMN_TRY_VOID(writer.add("topic_centroids", arrays.topics.centroids.view()));
  LIMN_TRY_VOID(
      writer.add("item_topics", std::span<const std::uint32_t>(arrays.topics.item_topics)));
  LIMN_TRY_VOID(writer.add("topic_shares", std::span<const float>(arrays.topic_shares)));
  LIMN_TRY_VOID(writer.add("item_tags", arrays.catalogue.item_tags.view()));
  LIMN_TRY_VOID(writer.add("tag_shares", std::span<const float>(arrays.tag_shares)));
  LIMN_TRY_VOID(writer.add_strings("tags", arrays.catalogue.tags));
  LIMN_TRY_VOID(writer.add("item_categories", arrays.catalogue.item_categories.view()));
  LIMN_TRY_VOID(writer.add_strings("categories", arrays.catalogue.categories));
  LIMN_TRY_VOID(writer.add("hidden", std::span<const std::byte>(arrays.catalogue.hidden)));
  LIMN_TRY_VOID(writer.add("segment_centroids", arrays.segments.centroids.view()));
  LIMN_TRY_VOID(writer.add("lsa", std::as_bytes(std::span(arrays.lsa))));
  LIMN_TRY_VOID(writer.add("calibration", std::as_bytes(std::span(arrays.calibration))));
  LIMN_TRY_VOID(write_ranker(writer, arrays.ranker, arrays.ranker_classes.view()));
  LIMN_TRY_VOID(writer.commit(arrays.info.to_json()));
  return writer.number();
}

}  // namespace limn
