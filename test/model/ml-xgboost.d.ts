/** XGBoost as WebAssembly; the package has no types of its own. */
declare module 'ml-xgboost' {
  interface Booster {
    train(rows: number[][], labels: number[]): void;
    predict(rows: number[][]): number[];
    free(): void;
  }
  const loaded: Promise<new (options: Record<string, string | number>) => Booster>;
  export default loaded;
}
