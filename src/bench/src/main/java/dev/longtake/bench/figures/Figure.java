package dev.longtake.bench.figures;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * One measured number.
 *
 * @param name         such as {@code gateway.reads_per_second}
 * @param value        median over the rounds
 * @param unit         such as {@code 1/s}, {@code ms}, {@code s}
 * @param spread       (largest − smallest) ÷ median over the rounds, as a share; 0 where there was one
 * @param ratioToPeer  to what others do the same with, or null
 * @param ratioToFloor to what cannot be gone below on this machine, taken in the same run, or null; for a rate the share of what there could be at most
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Figure(String name, double value, String unit, double spread, Double ratioToPeer, Double ratioToFloor) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public Figure {
        if (!Double.isFinite(value) || !Double.isFinite(spread)) {
            throw new IllegalArgumentException(name + " is " + value + ", spread " + spread);
        }
    }

    public static Figure of(String name, String unit, Rounds rounds) {
        return new Figure(name, rounds.median(), unit, rounds.spread(), null, null);
    }

    /** @param floor the same of the floor */
    public Figure over(Rounds floor) {
        return new Figure(name, value, unit, spread, ratioToPeer, value / floor.median());
    }

    /** A JSON list, one line. */
    public static String json(List<Figure> figures) {
        try {
            return JSON.writeValueAsString(figures);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("figures are always writable", e);
        }
    }
}
