package dev.longtake.farm.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Models with the figures of their cards, one below the other; a dash stands for what was not measured. */
public final class ModelTable {
    private static final String NONE = "-";
    private static final List<String> ADHERENCE = List.of("adherence", "adherence_held_out", "adherence_paraphrase", "adherence_after_switch", "image_start");
    private static final List<String> ATTRIBUTES = List.of("place", "subject", "colour", "camera", "action");

    private ModelTable() {}

    /** @param models as the gateway lists them */
    public static String of(List<JsonNode> models) {
        StringBuilder text = new StringBuilder();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("model", "frames", "steps", "guidance", "bundle", "MB", "PSNR", "after 1/3/6 rounds", "codes used", "seams"));
        for (JsonNode m : models) {
            JsonNode card = m.path("card");
            rows.add(List.of(m.path("name").asText() + (m.path("isDefault").asBoolean() ? " (default)" : ""),
                    m.path("width").asText() + "x" + m.path("height").asText() + ", " + plain(m.path("fps").asDouble()) + "/s",
                    m.path("stepsFast").asText() + " fast, " + m.path("steps").asText() + " best", plain(m.path("guidance").asDouble()), digest(m), number(card.path("bundle_mb"), "%.1f"),
                    number(card.path("psnr_db"), "%.2f dB"), list(card.path("roundtrip_psnr_db"), "%.1f"), share(card.path("code_use")), list(card.path("seam_ratio"), "%.2f")));
        }
        align(text, rows);
        for (JsonNode m : models) {
            List<List<String>> judged = new ArrayList<>();
            List<String> head = new ArrayList<>(List.of(m.path("name").asText()));
            head.addAll(ATTRIBUTES);
            judged.add(head);
            for (String kind : ADHERENCE) {
                JsonNode row = m.path("card").path(kind);
                if (row.isObject()) {
                    judged.add(row(kind, row));
                    if (row.path("ceiling").isObject()) {
                        judged.add(row("  ceiling", row.path("ceiling")));
                    }
                }
            }
            if (judged.size() > 1) {
                text.append('\n');
                align(text, judged);
            }
        }
        return text.toString().stripTrailing();
    }

    private static List<String> row(String name, JsonNode figures) {
        List<String> row = new ArrayList<>(List.of(name.replace('_', ' ')));
        ATTRIBUTES.forEach(a -> row.add(share(figures.path(a))));
        return row;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String digest(JsonNode model) {
        String digest = model.path("bundle").asText();
        return digest.substring(0, Math.min(12, digest.length()));
    }

    private static String share(JsonNode figure) {
        return figure.isNumber() ? String.format(Locale.ROOT, "%.1f %%", 100 * figure.asDouble()) : NONE;
    }

    private static String number(JsonNode figure, String format) {
        return figure.isNumber() ? String.format(Locale.ROOT, format, figure.asDouble()) : NONE;
    }

    private static String list(JsonNode figures, String format) {
        List<String> all = new ArrayList<>();
        figures.forEach(f -> all.add(number(f, format)));
        return all.isEmpty() ? number(figures, format) : String.join(" / ", all);
    }

    private static void align(StringBuilder text, List<List<String>> rows) {
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < row.size(); c++) {
                int column = c;
                int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
                line.append(row.get(c)).append(" ".repeat(width - row.get(c).length() + 2));
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }
}
